import { promMetrics } from './metrics';

it('keeps observations of different labels apart, and those of equal ones together', async () => {
  const metrics = promMetrics();
  const observe = (resource: string, status: string) =>
    metrics.observe('headroom_request_seconds', 0.002, { resource, method: 'GET', status });
  observe('time.time', '200');
  observe('time.time', '200');
  observe('time.time', '404');
  observe('dcap.capability', '200');
  const counts = (await metrics.text()).split('\n').filter(line => line.startsWith('headroom_request_seconds_count'));
  expect(counts).toEqual([
    'headroom_request_seconds_count{resource="time.time",method="GET",status="200"} 2',
    'headroom_request_seconds_count{resource="time.time",method="GET",status="404"} 1',
    'headroom_request_seconds_count{resource="dcap.capability",method="GET",status="200"} 1',
  ]);
});

it('counts by label and adds up over those not named', async () => {
  const metrics = promMetrics();
  metrics.count('headroom_responses_total', { status: '1' });
  metrics.count('headroom_responses_total', { status: '2' }, 3);
  expect(await metrics.value('headroom_responses_total')).toBe(4);
  expect(await metrics.value('headroom_responses_total', { status: '2' })).toBe(3);
});

it('adds buckets up as Prometheus reads them, and refuses what is no number', async () => {
  const metrics = promMetrics();
  const note = metrics.observer('headroom_flush_seconds');
  for (const value of [0.0004, 0.0005, 0.02, 1000]) note(value);
  metrics.observe('headroom_flush_seconds', 0.3);
  const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('headroom_flush_seconds'));
  expect(lines).toContain('headroom_flush_seconds_bucket{le="0.0005"} 2');
  expect(lines).toContain('headroom_flush_seconds_bucket{le="0.01"} 2');
  expect(lines).toContain('headroom_flush_seconds_bucket{le="0.025"} 3');
  expect(lines).toContain('headroom_flush_seconds_bucket{le="60"} 4');
  expect(lines).toContain('headroom_flush_seconds_bucket{le="+Inf"} 5');
  expect(lines).toContain('headroom_flush_seconds_count 5');
  expect(Number(lines.find(line => line.includes('_sum'))?.split(' ')[1])).toBeCloseTo(1000.3209);
  expect(() => note(NaN)).toThrow('headroom_flush_seconds: NaN is no value');
});
