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
