import { ManualClock } from '../../base/clock';
import { type Store } from '../../store/api';
import { memoryStore } from '../../store/memory/store';
import { type NewSite } from '../provision';
import { addSites, changeSite, findSite, removeSite } from './sites';

const lfdi = (n: number) => n.toString(16).toUpperCase().padStart(40, '0');

function site(name: string, n: number, more: Partial<NewSite> = {}): NewSite {
  return {
    name,
    lfdi: lfdi(n),
    sfdi: n,
    role: 'device',
    pin: 111_115,
    phases: [1],
    maxImportW: 5000,
    maxExportW: 5000,
    firmImportW: 1000,
    firmExportW: 1000,
    weight: 1,
    derType: 83,
    ...more,
  };
}

let store: Store;
let pages: string[];
const deps = () => ({ store, clock: new ManualClock(0), pen: 99_999 });

beforeEach(async () => {
  const inner = memoryStore();
  pages = [];
  store = {
    ...inner,
    page: (list, query) => {
      pages.push(list);
      return inner.page(list, query);
    },
  };
  await addSites(deps(), [
    site('Lot', 10),
    site('Barn', 11, { manager: lfdi(99) }),
    site('Aggregator', 99, { role: 'aggregator' }),
  ]);
});

it('finds a site by id, name and LFDI in any case of letters', async () => {
  for (const which of ['2', 'Barn', lfdi(11), lfdi(11).toLowerCase()])
    expect(await findSite(store, which)).toMatchObject({ edev: '2', name: 'Barn' });
  await expect(findSite(store, 'Bran')).rejects.toMatchObject({ code: 'NO_SUCH', message: /did you mean Barn/ });
});

it('registers without reading the sites there are, be they a million', async () => {
  await addSites(deps(), [site('Mill', 12)]);
  await findSite(store, 'Mill');
  expect(pages).toEqual([]);
});

it('refuses a name or an LFDI that is taken, there or in the same plan', async () => {
  for (const sites of [[site('Lot', 12)], [site('Mill', 10)], [site('Mill', 12), site('Mill', 13)]])
    await expect(addSites(deps(), sites)).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('one of two that register the same name at once is refused', async () => {
  const done = await Promise.allSettled([addSites(deps(), [site('Mill', 12)]), addSites(deps(), [site('Mill', 13)])]);
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

it('gives a name free that was changed or whose site was removed', async () => {
  await changeSite(deps(), '1', { name: 'Yard' });
  expect(await findSite(store, 'Yard')).toMatchObject({ edev: '1' });
  await expect(findSite(store, 'Lot')).rejects.toMatchObject({ code: 'NO_SUCH' });
  await removeSite(deps(), '2');
  await addSites(deps(), [site('Lot', 12), site('Barn', 11)]);
  expect(await findSite(store, 'Barn')).toMatchObject({ edev: '5' });
});

it('takes a hundred registrations at once, each with an id of its own, and of two of one name one', async () => {
  let decided = 0;
  const inner = store;
  const counting: Store = { ...inner, commit: plan => (decided++, inner.commit(plan)) };
  const all = Array.from({ length: 100 }, (_, n) =>
    addSites({ ...deps(), store: counting }, [site(`New ${n}`, 1000 + n)]),
  );
  const made = (await Promise.all(all)).flat();
  expect(new Set(made.map(({ edev }) => edev)).size).toBe(100);
  expect(decided).toBeLessThanOrEqual(200); // each loses once at most, whatever the others do
  const twins = await Promise.allSettled([1, 2].map(n => addSites(deps(), [site('Twin', 2000 + n)])));
  expect(twins.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
