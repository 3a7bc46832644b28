/**
 * What flowed through an asset besides the sites under envelopes: its own meter less what the meters of the sites below say. A step counts
 * where all of them were read. Before its first reading a site is taken for one of the other customers.
 */
import { type Seconds } from '../base/clock';
import { type FlowQuantity, flowMeter, netMeters, readMeans } from '../functions/operator/flow-readings';
import { type Site } from '../functions/site';
import { type Phase } from '../grid/network';
import { type Store } from '../store/api';
import { holds } from './snapshot';
import { StepLog } from './step-log';

export interface PassiveHistory {
  /** Over all phases, and of those that have a meter of their own. */
  readonly total: Float64Array;
  readonly byPhase: ReadonlyMap<Phase, Float64Array>;
  readonly pvW?: Float64Array;
  /** Of steps to come too. */
  readonly temperatureC?: Float64Array;
}

/** A site below an asset, and the phases it draws on there. */
export interface SiteBelow {
  readonly site: Site;
  readonly phases: readonly Phase[];
}

const measured = (of: Float64Array): boolean => of.some(value => !Number.isNaN(value));

export class Histories {
  private readonly log: StepLog;

  constructor(
    private readonly store: Store,
    stepS: Seconds,
  ) {
    this.log = new StepLog(stepS);
  }

  /** Nothing where the asset has no meter; a text where it cannot be used, and why. `to`: now; `until`: the end of what is to come. */
  async of(
    asset: string,
    below: readonly SiteBelow[],
    from: Seconds,
    to: Seconds,
    until: Seconds,
  ): Promise<PassiveHistory | string | undefined> {
    const read = (quantity: FlowQuantity, end = to): Promise<Float64Array> => {
      const meter = flowMeter(asset, quantity);
      return this.log.means(`${asset}\t${quantity}`, from, end, (a, b) => readMeans(this.store, meter, a, b));
    };
    const byPhase = new Map<Phase, Float64Array>();
    for (const [quantity, phase] of [
      ['w1', 1],
      ['w2', 2],
      ['w3', 3],
    ] as const) {
      const of = await read(quantity);
      if (measured(of)) byPhase.set(phase, of);
    }
    let total = await read('w');
    if (!measured(total)) {
      if (byPhase.size === 0) return undefined;
      // A phase without a meter has nothing connected.
      const metered = [...byPhase.values()];
      total = total.map((_, i) => metered.reduce((sum, of) => sum + (of[i] as number), 0));
    }
    for (const { phases, site } of below) {
      const net = await this.site(site, from, to);
      if (!net) return `no meter of net power at site ${site.name} below it`;
      less(total, net, site, 1);
      for (const phase of phases) {
        const of = byPhase.get(phase);
        if (of) less(of, net, site, 1 / phases.length);
      }
    }
    const [pvW, temperatureC] = [await read('pvW'), await read('temperatureC', until)];
    return {
      total,
      byPhase,
      ...(measured(pvW) && { pvW }),
      ...(measured(temperatureC) && { temperatureC }),
    };
  }

  forget(asset: string): void {
    this.log.forget(`${asset}\t`);
  }

  private async site({ edev }: Site, from: Seconds, to: Seconds): Promise<Float64Array | undefined> {
    const meters = await netMeters(this.store, edev);
    if (meters.length === 0) return undefined;
    const sum = new Float64Array((to - from) / this.log.stepS);
    for (const { meter, scale } of meters) {
      const values = await this.log.means(meter, from, to, (a, b) => readMeans(this.store, meter, a, b));
      values.forEach((value, i) => (sum[i] = (sum[i] as number) + scale * value));
    }
    return measured(sum) ? sum : undefined;
  }
}

/** Takes off what the envelopes of a site govern: in a direction that it cannot hold, what it draws is passive. */
function less(of: Float64Array, net: Float64Array, site: Site, share: number): void {
  const first = net.findIndex(value => !Number.isNaN(value));
  for (let i = Math.max(0, first); i < of.length; i++) {
    const value = net[i] as number;
    const governed = value > 0 && !holds(site, 'import') ? 0 : value < 0 && !holds(site, 'export') ? 0 : value;
    of[i] = (of[i] as number) - share * governed;
  }
}
