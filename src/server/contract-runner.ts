/** Without a network nothing can be computed; but what contracts say of their sites can be published all the same. */
import { type Clock } from '../base/clock';
import { type Engine, type Snapshot } from '../engines/api';
import { allSites } from '../functions/site';
import { processHost } from '../services/engine-host';
import { createEnvelopeRunner, type EnvelopeRunner, type RunnerParts } from '../services/envelope-runner';
import { type ContractVersion } from '../services/products/version';
import { type Store } from '../store/api';

type Common = Omit<RunnerParts, 'host' | 'snapshot'> & { readonly stepS: number; readonly horizonS: number };

/** Gives every site its firm limits, which of a static contract are the limits themselves. */
const firmOnly: Engine = {
  name: 'contract',
  api: 1,
  compute: ({ devices, steps }) =>
    devices.map(({ firmExportW, firmImportW, id }) => ({
      device: id,
      importW: new Array<number>(steps).fill(firmImportW),
      exportW: new Array<number>(steps).fill(firmExportW),
      bound: new Array<{ import: string; export: string }>(steps).fill({ import: 'firm', export: 'firm' }),
    })),
};

export function contractRunner(
  common: Common,
  {
    contracts,
    seed,
    wall,
  }: {
    readonly contracts: (store: Store) => Promise<ReadonlyMap<string, readonly ContractVersion[]>>;
    readonly seed: number;
    readonly wall: Clock;
  },
): { readonly runner: EnvelopeRunner } {
  const { clock, horizonS, stepS, store } = common;
  const snapshot = async (until = 0): Promise<Snapshot> => {
    const known = await contracts(store);
    const now = clock.now();
    const start = Math.floor(now / stepS) * stepS;
    const sites = (await allSites(store)).filter(({ edev }) => known.has(edev));
    return {
      api: 1,
      now,
      start,
      stepS,
      steps: Math.ceil(Math.max(horizonS, until - start) / stepS),
      assets: [],
      devices: sites.map(({ edev, firmExportW, firmImportW, maxExportW, maxImportW, phases, weight }) => ({
        id: edev,
        asset: '',
        phases,
        maxImportW,
        maxExportW,
        firmImportW,
        firmExportW,
        weight,
      })),
      seed,
    };
  };
  return {
    runner: createEnvelopeRunner({ ...common, snapshot, host: processHost(firmOnly, { wall, deadlineS: 10 }) }),
  };
}
