import { jsonLog, keptLog, secretFields } from './log';
import { metricTable, promMetrics, type MetricName } from './metrics';
import { tasks } from './tasks';

it('writes one JSON line each and never a secret', () => {
  const lines: string[] = [];
  const log = jsonLog({ destination: { write: line => void lines.push(line) } });
  const secrets = Object.fromEntries(secretFields.map(name => [name, 'TOPSECRET']));
  log.with({ request: 'r1' }).info('made', { ...secrets, nested: secrets, lfdi: 'AB' });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'made', request: 'r1', lfdi: 'AB' });
  expect(lines[0]).not.toContain('TOPSECRET');
});

it('keeps lines for tests', () => {
  const log = keptLog();
  log.with({ site: '7' }).warn('late', { s: 3 });
  expect(log.lines).toEqual([{ level: 'warn', message: 'late', fields: { site: '7', s: 3 } }]);
});

it('counts, sums by label and prints every metric of the table', async () => {
  const metrics = promMetrics();
  metrics.count('headroom_safety_net_total', { engine: 'x', rule: 'negative' }, 2);
  metrics.count('headroom_safety_net_total', { engine: 'y', rule: 'negative' });
  expect(await metrics.value('headroom_safety_net_total', { rule: 'negative' })).toBe(3);
  expect(await metrics.value('headroom_safety_net_total', { engine: 'x' })).toBe(2);
  const text = await metrics.text();
  for (const name of Object.keys(metricTable) as MetricName[]) expect(text).toContain(`# TYPE ${name} `);
});

it('settles only when what was started, and what that started in turn, is done', async () => {
  const failures: unknown[] = [];
  const work = tasks(error => failures.push(error));
  const seen: string[] = [];
  work.run(async () => {
    await Promise.resolve();
    work.run(async () => {
      await Promise.resolve();
      seen.push('inner');
      throw new Error('inner broke');
    });
    seen.push('outer');
  });
  expect(work.pending).toBe(1);
  await work.settled();
  expect(seen).toEqual(['outer', 'inner']);
  expect(failures).toEqual([new Error('inner broke')]);
  expect(work.pending).toBe(0);
});
