import { observed } from '../services/changes';
import { memoryStore } from '../store/memory/store';
import { addSites } from '../functions/operator/sites';
import { ManualClock } from '../base/clock';
import { scopes } from './access';
import { lfdiA, lfdiB, pen, siteA, siteB, t0 } from './testing/port';

it('takes no more from a peer than its identity: an aggregator may come with a certificate of a device', async () => {
  const clock = new ManualClock(t0);
  const changes = observed(memoryStore());
  await addSites({ store: changes.store, clock, pen }, [
    { ...siteA, role: 'aggregator' },
    { ...siteB, manager: lfdiA },
  ]);
  const fromTls = { lfdi: lfdiA, sfdi: siteA.sfdi, kind: 'device' as const, own: 'somebody' };
  const { scope } = await scopes(changes, '2018')(fromTls);
  expect(scope).toMatchObject({ kind: 'aggregator', own: '1', edevs: ['1', '2'] });
  expect((await scopes(changes, '2018')({ lfdi: lfdiB, sfdi: siteB.sfdi })).scope.kind).toBe('device');
});
