import { Fleet } from '../../sim/fleet';
import { noResponses } from '../../sim/report/live-state';
import { sampleRecord } from '../../sim/report/testing/sample';
import { type Progress } from './run';
import { lineWatch, liveWatch } from './watch';

const { network } = sampleRecord({ sites: 1, minutes: 10 });
const [start, end] = [0, 6 * 3600];
let [nowMs, asked] = [0, 0];
const clock = { monotonicMs: () => nowMs };
beforeEach(() => ([nowMs, asked] = [0, 0]));

const at = (now: number): Progress => ({
  title: 'A run',
  networkName: 'Nowhere',
  engine: 'none',
  start,
  now,
  end,
  utcOffsetS: 0,
  fleet: new Fleet([], { start, seed: 1 }),
  tracer: { trace: network } as unknown as Progress['tracer'],
  events: [{ at: 7200, what: 'engine-killed', text: 'it was killed' }],
  told: () => {
    asked++;
    const published = { at: 3600, what: 'published' as const, text: `${asked} controls` };
    return Promise.resolve({ controlsPublished: asked, responses: noResponses, events: [published], failures: [] });
  },
});

describe('watching a run', () => {
  it('draws some six times a second and asks the server less often, whatever the number of steps', async () => {
    const written: string[] = [];
    const terminal = { columns: 100, rows: 30, colour: false, write: (text: string) => void written.push(text) };
    const watch = liveWatch(terminal, clock);
    for (nowMs = 0; nowMs < 2000; nowMs++) await watch.show(at(start + 10));
    expect(written.length).toBe(13);
    expect(asked).toBe(3);
    expect(written.at(-1)).toContain('Controls 3 published');
    expect(written.at(-1)?.indexOf('3 controls')).toBeLessThan(written.at(-1)?.indexOf('it was killed') ?? 0);
    await watch.show(at(end));
    expect(written.at(-1)).toContain('06:00');
    watch.close();
    expect(written.at(-1)).toBe('\x1b[?25h');
  });

  it('says where there is no terminal how far it is, now and then and never twice the same', async () => {
    const said: string[] = [];
    const watch = lineWatch(line => said.push(line), clock);
    for (nowMs = 0; nowMs <= 8000; nowMs += 500) await watch.show(at(nowMs < 4000 ? 0 : end / 2));
    expect(said).toEqual(['0 % of 6 h simulated', '50 % of 6 h simulated']);
  });
});
