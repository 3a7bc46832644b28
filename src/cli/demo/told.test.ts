import { told } from './told';

describe('what a server tells of its part of a demo', () => {
  it('adds up publications and responses and lists what happened', async () => {
    const answers: Record<string, unknown> = {
      '/api/responses/counts': { byStatus: { received: 7, started: 5, 'not applicable': 1, rejected: 2 } },
      '/api/envelopes/runs': {
        runs: [
          { at: 100, outcome: 'published', controlsPublished: 1286, notes: [] },
          { at: 200, outcome: 'unchanged', controlsPublished: 0, notes: [] },
          { at: 250, outcome: 'fallback', controlsPublished: 0, notes: [] },
          { at: 280, outcome: 'unchanged', controlsPublished: 0, notes: [] },
          {
            at: 300,
            outcome: 'fallback',
            controlsPublished: 1,
            notes: [{ what: 'fallback', text: 'the engine died' }],
          },
        ],
      },
    };
    const got = await told({ get: <T>(path: string) => Promise.resolve(answers[path] as T) });
    expect(got.controlsPublished).toBe(1287);
    expect(got.responses).toMatchObject({ received: 7, started: 5, completed: 0 });
    expect(got.failures).toEqual([
      { from: 250, to: 280 },
      { from: 300, to: Infinity },
    ]);
    expect(got.events).toEqual([
      { at: 100, what: 'published', text: '1,286 controls' },
      { at: 300, what: 'published', text: '1 control (fallback)' },
      { at: 300, what: 'fallback', text: 'the engine died' },
    ]);
  });
});
