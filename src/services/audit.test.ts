import fc from 'fast-check';
import { ManualClock } from '../base/clock';
import { keptLog } from '../base/log';
import { noMetrics } from '../base/metrics';
import { Problem } from '../base/problem';
import { memoryStore } from '../store/memory/store';
import { auditor, withoutSecrets } from './audit';

const clock = new ManualClock(1000);
const row = (from: string, what = 'access.denied') => ({
  who: 'device AB',
  from,
  what,
  subject: '/edev/1',
  detail: {},
});
const trail = async (store: ReturnType<typeof memoryStore>) => store.audit.page({ after: 0, limit: 1000 });

it('records denials within the budget of a source and of all, and counts the rest in one row', async () => {
  const store = memoryStore();
  const audit = auditor({ store, clock, log: keptLog(), metrics: noMetrics, perMinute: 5, perSource: 3 });
  for (let n = 0; n < 10; n++) audit.denied(row('10.0.0.1'));
  for (let n = 0; n < 10; n++) audit.denied(row('10.0.0.2'));
  await audit.settled();
  expect((await trail(store)).map(({ from, what, detail }) => [from, what, detail])).toEqual([
    ...Array.from({ length: 3 }, () => ['10.0.0.1', 'access.denied', {}]),
    ...Array.from({ length: 2 }, () => ['10.0.0.2', 'access.denied', {}]),
    ['', 'denials.left-out', { denials: 15 }],
  ]);
  clock.advance(61);
  audit.denied(row('10.0.0.1'));
  await audit.settled();
  expect((await trail(store)).at(-1)).toMatchObject({ from: '10.0.0.1', at: 1061, outcome: 'refused' });
});

it('says in the log what it cannot write, and goes on', async () => {
  const log = keptLog();
  const store = { commit: async () => Promise.reject(new Problem('STORE_BUSY')) };
  const audit = auditor({ store, clock, log, metrics: noMetrics });
  audit.record(row('', 'envelopes.publish'));
  await audit.settled();
  expect(log.lines).toMatchObject([{ level: 'error', fields: { what: 'envelopes.publish' } }]);
});

it('takes secrets out, however deep, by name and by look', () => {
  const key = `hrk_${'k'.repeat(43)}`;
  const pem = '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n';
  const cleaned = withoutSecrets({
    name: 'Barn',
    pin: 123_455,
    sites: [{ pIN: 1, note: `use ${key} please` }],
    deep: { Authorization: 'Bearer x', file: `a${pem}b` },
  });
  expect(cleaned).toEqual({
    name: 'Barn',
    pin: '[secret]',
    sites: [{ pIN: '[secret]', note: 'use [secret] please' }],
    deep: { Authorization: '[secret]', file: 'a[secret]\nb' },
  });
});

it('leaves everything else as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      fc.pre(!/"(pin|key|certificate|password)"/i.test(JSON.stringify(value)));
      expect(JSON.stringify(withoutSecrets(value))).toBe(JSON.stringify(value));
    }),
  );
});
