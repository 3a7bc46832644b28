/**
 * Limits for feeders known only from their meters (envelopes reference 3.6a): each meter's own voltage sensitivity from its history, and the
 * voltage that it usually has at that hour. What assets have left is shared out besides. By its `own` method a site's neighbours are not in
 * it, so where many sites are active at once this is too generous; a verifier with a network will say so.
 *
 *     export: (Vmax − V high) / (sp + 2 errors)        import: (V low − Vmin) / (sp + 2 errors)
 *
 * By the `joint` method (`ami-joint.ts`, 3.6c) all meters of the feeder are explained together, and limits are shared out over the robust rows
 * that this gives (`ami-rows.ts`), as `box-robust` shares out those of a network: safe in voltage wherever sites sit inside their limits, as
 * far as meters can tell.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../base/problem';
import { type MeterFit, type Reading, fitMeter, quantile } from './ami-fit';
import { fitJoint } from './ami-joint';
import { meterRows, nominalOf } from './ami-rows';
import { type SharePolicyOfBox, shareRows, variablesOf } from './box-shares';
import { type Solver, withSolver } from './linear-program';
import { type Tree } from './max-min';
import { type Device, type Engine, type EngineFactory, type Notice, type Snapshot } from './api';
import { type Direction } from './headroom-formula';
import { readOptions } from './options';
import { shareOut } from './share-out';

const header = 'device,datetime,voltageV,kW,kvar';

interface Meter {
  readonly fit: MeterFit;
  /** By hour of the day, UTC: the 5th and 95th percentile of the voltage there with its own power taken out. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly minV: number;
  readonly maxV: number;
}

export const ami: EngineFactory = (options, place) => {
  const read = readOptions('ami', options);
  const file = path.resolve(place?.baseDir ?? '.', read.text('history'));
  const [minPu, maxPu] = [read.number('minPu', 0.95, 0.5, 1), read.number('maxPu', 1.05, 1, 1.5)];
  const method = read.oneOf('method', 'own', ['own', 'joint']);
  const policy = read.oneOf('policy', 'max-min', ['max-min', 'proportional', 'sum']);
  const leastShare = read.number('leastShare', 0, 0, 1);
  const upstream = read.optionalText('upstream');
  read.done();
  if (method === 'joint') return jointly(file, { minPu, maxPu, policy, leastShare, ...(upstream && { upstream }) });
  const meters = new Map<string, Meter>();
  for (const [device, readings] of readingsOf(file)) {
    const meter = meterOf(readings, minPu, maxPu);
    if (meter) meters.set(device, meter);
  }
  return {
    name: 'ami',
    api: 1,
    stepsApart: true,
    moreRoom: 'least',
    compute: (snapshot, signal) => compute(snapshot, meters, signal),
  } satisfies Engine;
};

async function compute(snapshot: Snapshot, meters: ReadonlyMap<string, Meter>, signal: AbortSignal) {
  const { devices, start, stepS } = snapshot;
  const shared = await shareOut(
    snapshot,
    {
      capsAt: (step, direction, tree) => ({
        limitW: tree.devices.map(({ id }) => limitW(meters.get(id), direction, start + step * stepS, stepS)),
        by: k => (meters.has(tree.devices[k]?.id ?? '') ? 'voltage at its meter' : 'no history of its meter'),
      }),
    },
    signal,
  );
  return withBlind(
    shared,
    devices.filter(({ id }) => !meters.has(id)),
    devices.length,
  );
}

type Shared = Awaited<ReturnType<typeof shareOut>>;

/** Says how many sites no limit can be found for. */
function withBlind(shared: Shared, blind: readonly Device[], all: number) {
  const text = `${blind.length} of ${all} sites have no usable history of their meter and keep firm`;
  return blind.length === 0
    ? shared
    : { ...shared, notices: [...shared.notices, { code: 'remark', text } satisfies Notice] };
}

interface JointOptions {
  readonly minPu: number;
  readonly maxPu: number;
  readonly policy: SharePolicyOfBox;
  readonly leastShare: number;
  readonly upstream?: string;
}

/** @throws Problem BAD_PROFILE where the history is too short for so many meters */
function jointly(file: string, { leastShare, policy, upstream, ...band }: JointOptions): Engine {
  const fit = fitJoint(readingsOf(file), { ...(upstream !== undefined && { upstream }) });
  if (!fit)
    throw new Problem('BAD_PROFILE', {
      at: file,
      note: 'too few moments at which all meters were read: want at least three for each of two unknowns a meter',
    });
  return {
    name: 'ami',
    api: 1,
    stepsApart: true,
    moreRoom: 'least',
    slow: policy === 'sum',
    async compute(snapshot, signal) {
      const { devices, start, stepS } = snapshot;
      const seen = devices.filter(({ id }) => fit.meters.includes(id));
      const index = new Map(seen.map(({ id }, d) => [id, d]));
      const rows = meterRows(fit, seen.map(({ id }) => id), band); // prettier-ignore
      const variables = variablesOf(seen, { import: true, export: true }, policy);
      const found = new Map<string, { importW: Float64Array; exportW: Float64Array; by: Int32Array }>();
      const sharesAt = (step: number, solver?: Solver) => {
        const hours = [...new Set(hoursOf(start + step * stepS, stepS))];
        const known = found.get(hours.join());
        if (known) return known;
        const { by, x } = shareRows(
          hours.flatMap(hour => rows.byHour[hour] ?? []),
          variables,
          {
            policy,
            leastShare,
            ...(solver && { solver }),
          },
        );
        const w = x.map((beyond, j) => beyond + (variables.firm[j] as number));
        const shares = { importW: w.slice(0, seen.length), exportW: w.slice(seen.length), by };
        found.set(hours.join(), shares);
        return shares;
      };
      const within = (solver?: Solver) => {
        const capsAt = (step: number, direction: Direction, tree: Tree) => {
          const { by, exportW, importW } = sharesAt(step, solver);
          const limitW = direction === 'import' ? importW : exportW;
          const at = tree.devices.map(({ id }) => index.get(id) ?? -1);
          return {
            limitW: at.map(d => limitW[d] ?? 0),
            by: (k: number) => {
              const d = at[k] ?? -1;
              const limit = by[direction === 'import' ? d : seen.length + d] ?? -1;
              if (d < 0) return 'no history of its meter';
              return limit < 0
                ? 'site rating'
                : `V${limit % 2 ? 'min' : 'max'} at meter ${fit.meters[limit >> 1] ?? ''}`.slice(0, 120);
            },
          };
        };
        return shareOut(snapshot, { capsAt }, signal);
      };
      const shared = await (policy === 'sum' ? withSolver(within) : within());
      return withBlind(shared, devices.filter(({ id }) => !index.has(id)), devices.length); // prettier-ignore
    },
  };
}

/** Hours of the day, UTC, that a step touches. */
function hoursOf(from: number, stepS: number): number[] {
  const hours: number[] = [];
  for (let at = from; at < from + stepS; at += Math.min(stepS, 3600))
    hours.push(Math.floor((((at % 86_400) + 86_400) % 86_400) / 3600));
  return hours;
}

/** The least of the hours that a step touches; nothing where the meter is not known. */
function limitW(meter: Meter | undefined, direction: Direction, from: number, stepS: number): number {
  if (!meter) return 0;
  let least = Infinity;
  for (const hour of hoursOf(from, stepS)) {
    const roomV =
      direction === 'export' ? meter.maxV - (meter.high[hour] ?? NaN) : (meter.low[hour] ?? NaN) - meter.minV;
    least = Math.min(least, roomV / (meter.fit.sp + 2 * meter.fit.error));
  }
  return Number.isFinite(least) ? Math.max(0, 1000 * least) : 0;
}

function meterOf(readings: readonly Reading[], minPu: number, maxPu: number): Meter | undefined {
  const fit = fitMeter(readings);
  if (!fit || !(fit.sp > 0)) return undefined;
  const usual = quantile(
    readings.map(({ voltageV }) => voltageV),
    0.5,
  );
  const nominal = nominalOf(usual);
  const byHour = Array.from({ length: 24 }, (): number[] => []);
  for (const { at, kvar, kw, voltageV } of readings)
    byHour[Math.floor((at % 86_400) / 3600)]?.push(voltageV + fit.sp * kw + fit.sq * kvar);
  return {
    fit,
    low: byHour.map(volts => quantile(volts, 0.05)),
    high: byHour.map(volts => quantile(volts, 0.95)),
    minV: minPu * nominal,
    maxV: maxPu * nominal,
  };
}

/** @throws Problem BAD_PROFILE with file and line */
function readingsOf(file: string): Map<string, Reading[]> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_PROFILE', { at: file, note: 'the file cannot be read', cause });
  }
  const [first, ...lines] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (first?.trim() !== header) throw new Problem('BAD_PROFILE', { at: `${file}:1`, want: header, got: first ?? '' });
  const devices = new Map<string, Reading[]>();
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const [device = '', datetime = '', ...values] = line.split(',').map(cell => cell.trim());
    const at = Date.parse(datetime) / 1000;
    const [voltageV = NaN, kw = NaN, kvar = NaN] = values.map(Number);
    if (device === '' || ![at, voltageV, kw, kvar].every(Number.isFinite))
      throw new Problem('BAD_PROFILE', { at: `${file}:${i + 2}`, want: header, got: line });
    const list = devices.get(device);
    if (list) list.push({ at, voltageV, kw, kvar });
    else devices.set(device, [{ at, voltageV, kw, kvar }]);
  });
  for (const readings of devices.values()) readings.sort((a, b) => a.at - b.at);
  return devices;
}
