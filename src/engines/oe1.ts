/**
 * OE1, the ideal envelope of the Melbourne family (envelopes reference 3.3): import and export apart, each as large as an unbalanced power flow
 * lets all sites have together. `proportional` lowers everybody by the same; `maximum` lowers, at a voltage limit, only the site
 * nearest to it. It looks at two corners of the box; what lies between them it does not know, so the verifier often refuses it.
 */
import { type Engine, type EngineFactory, type Notice, type Snapshot } from './api';
import { BoxModel } from './box-model';
import { type Direction } from './headroom-formula';
import { type Tree } from './max-min';
import { readOptions } from './options';
import { type Caps, shareOut } from './share-out';

interface Options {
  readonly maximum: boolean;
  /** Watts of one reduction; 0: by bisection, to a 4096th of the cap. */
  readonly stepW: number;
}

export const oe1: EngineFactory = options => {
  const read = readOptions('oe1', options);
  const maximum = read.oneOf('policy', 'proportional', ['proportional', 'maximum']) === 'maximum';
  const compat = read.oneOf('compat', 'none', ['none', 'uom']) === 'uom';
  read.done();
  const how = { maximum, stepW: compat ? 500 : maximum ? 100 : 0 };
  return {
    name: 'oe1',
    api: 1,
    stepsApart: true,
    slow: true,
    moreRoom: 'least',
    compute: (snapshot, signal) => compute(snapshot, how, signal),
  } satisfies Engine;
};

async function compute(snapshot: Snapshot, options: Options, signal: AbortSignal) {
  const { devices, network, passive } = snapshot;
  if (!network || !passive || devices.length === 0) return shareOut(snapshot, {}, signal);
  const model = new BoxModel(network, passive, devices, { margin: 0 });
  const index = new Map(devices.map((device, k) => [device.id, k]));
  const found = new Map<string, { limitW: Float64Array; by: number[] }>();
  const capsAt = (step: number, direction: Direction, tree: Tree): Caps => {
    const known = found.get(`${step} ${direction}`) ?? corner(model, snapshot, step, direction, options);
    found.set(`${step} ${direction}`, known);
    const at = tree.devices.map(({ id }) => index.get(id) ?? 0);
    return {
      limitW: at.map(k => (model.nodes[k]?.length ? (known.limitW[k] as number) : 0)),
      by: k => ((known.by[at[k] ?? 0] ?? -1) < 0 ? 'site rating' : model.name(known.by[at[k] ?? 0] as number)),
    };
  };
  const shared = await shareOut(snapshot, { capsAt }, signal);
  const text =
    'only the corners with all sites at their limits are looked at: other points of the box may break limits';
  return { ...shared, notices: [...shared.notices, { code: 'remark', text } satisfies Notice] };
}

/** All sites at their limits in one direction. */
function corner(model: BoxModel, { devices }: Snapshot, step: number, direction: Direction, options: Options) {
  const sign = direction === 'import' ? 1 : -1;
  const cap = Float64Array.from(devices, d => (direction === 'import' ? d.maxImportW : d.maxExportW));
  const by = new Array<number>(devices.length).fill(-1);
  const limitW = cap.slice();
  const at = () => model.excess(limitW.map(w => sign * w));
  model.begin(step);
  if (options.stepW > 0) {
    const nearest = nearestSites(model);
    for (let found = at(); found.excess > 0 && limitW.some(w => w > 0); found = at()) {
      const only = options.maximum ? nearest(found.at, limitW) : -1;
      limitW.forEach((w, k) => {
        if (only >= 0 && k !== only) return;
        limitW[k] = Math.max(0, w - options.stepW);
        by[k] = found.at;
      });
    }
    return { limitW, by };
  }
  let found = at();
  if (found.excess <= 0) return { limitW, by };
  let stopped = found.at;
  let [low, high] = [0, Math.max(...cap)];
  while (high - low > Math.max(...cap) / 4096) {
    const level = (low + high) / 2;
    cap.forEach((w, k) => (limitW[k] = Math.min(w, level)));
    found = at();
    if (found.excess > 0) [high, stopped] = [level, found.at];
    else low = level;
  }
  cap.forEach((w, k) => {
    limitW[k] = Math.min(w, low);
    if (low < w) by[k] = stopped;
  });
  return { limitW, by };
}

/** For a voltage limit the site with power left whose own connection is at the worst voltage; −1 for other limits. */
function nearestSites(model: BoxModel): (at: number, limitW: ArrayLike<number>) => number {
  const { constraints } = model;
  return (at, limitW) => {
    if (at < 0 || !constraints.isVoltage(at)) return -1;
    const sign = constraints.all[at]?.kind === 'high' ? 1 : -1;
    let [worst, who] = [-Infinity, -1];
    model.nodes.forEach((own, k) => {
      if ((limitW[k] as number) <= 0) return;
      for (const node of own) {
        const pu = sign * constraints.flow.pu(node);
        if (pu > worst) [worst, who] = [pu, k];
      }
    });
    return who;
  };
}
