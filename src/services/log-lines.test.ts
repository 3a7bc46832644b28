import { ManualClock } from '../base/clock';
import { keptLog, silentLog } from '../base/log';
import { logLines } from './log-lines';

const all = { limit: 100, after: 0, level: 'debug' } as const;

function lab(most = 3) {
  const clock = new ManualClock(1000);
  const inner = keptLog();
  return { clock, inner, ...logLines(inner, { clock, most }) };
}

it('writes on what it is told, and keeps the latest', () => {
  const { log, inner, page } = lab();
  for (let n = 1; n <= 20; n++) log.info('line', { n });
  expect(inner.lines).toHaveLength(20);
  expect(page(all).lines.map(({ id, fields }) => [id, fields['n']])).toEqual([
    [18, 18],
    [19, 19],
    [20, 20],
  ]);
});

it('finds by level, time, room and page', () => {
  const { log, clock, page } = lab(100);
  const tls = log.with({ room: 'tls' });
  tls.warn('refused', { reason: 'expired' });
  clock.advance(10);
  tls.with({ more: 1 }).info('let in');
  log.error('failed');
  log.debug('small');
  const messages = (asked: object) => page({ ...all, ...asked }).lines.map(({ message }) => message);
  expect(messages({})).toEqual(['refused', 'let in', 'failed', 'small']);
  expect(messages({ level: 'warn' })).toEqual(['refused', 'failed']);
  expect(messages({ room: 'tls' })).toEqual(['refused', 'let in']);
  expect(messages({ room: 'server' })).toEqual(['failed', 'small']);
  expect(messages({ from: 1010 })).toEqual(['let in', 'failed', 'small']);
  expect(messages({ to: 1010 })).toEqual(['refused']);
  const first = page({ ...all, limit: 2 });
  expect([first.lines.length, first.more]).toEqual([2, true]);
  expect(page({ ...all, after: first.lines[1]?.id ?? 0 })).toMatchObject({
    lines: [{ id: 3 }, { id: 4 }],
    more: false,
  });
  expect(page(all).lines[1]).toEqual({
    id: 2,
    at: 1010,
    level: 'info',
    room: 'tls',
    message: 'let in',
    fields: { more: 1 },
  });
});

it('shows no secret and no line that is too long', () => {
  const { log, page } = lab();
  log.warn('request refused', {
    pin: 123_455,
    inner: { apiKey: 'abc-def', list: [{ password: 'hunter2' }] },
    url: `/api/sites/hrk_${'a'.repeat(43)}`,
    pem: '-----BEGIN EC PRIVATE KEY-----\nsecretsecret\n-----END EC PRIVATE KEY-----',
    long: 'x'.repeat(5000),
    left: undefined,
  });
  const text = JSON.stringify(page(all));
  for (const secret of ['123455', 'abc-def', 'hunter2', 'hrk_', 'secretsecret']) expect(text).not.toContain(secret);
  expect(text.length).toBeLessThan(1200);
});

it('keeps nothing where it is told to keep nothing, and no debug lines that go nowhere', () => {
  const none = lab(0);
  none.log.error('failed');
  expect(none.page(all)).toEqual({ lines: [], more: false });
  const { log, page } = logLines(silentLog, { clock: new ManualClock(0), most: 5 });
  log.debug('small');
  log.info('larger');
  expect(page(all).lines.map(({ message }) => message)).toEqual(['larger']);
});
