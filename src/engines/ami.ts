/**
 * Limits for feeders known only from their meters (envelopes reference 3.6a): each meter's own voltage sensitivity from its history, and the
 * voltage that it usually has at that hour. What assets have left is shared out besides. A site's neighbours are not in it, so where many
 * sites are active at once this is too generous; a verifier with a network will say so.
 *
 *     export: (Vmax − V high) / (sp + 2 errors)        import: (V low − Vmin) / (sp + 2 errors)
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../base/problem';
import { type MeterFit, type Reading, fitMeter, quantile } from './ami-fit';
import { type Engine, type EngineFactory, type Notice, type Snapshot } from './api';
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
  read.done();
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
  const blind = devices.filter(({ id }) => !meters.has(id));
  const text = `${blind.length} of ${devices.length} sites have no usable history of their meter and keep firm`;
  return blind.length === 0
    ? shared
    : { ...shared, notices: [...shared.notices, { code: 'remark', text } satisfies Notice] };
}

/** The least of the hours that a step touches; nothing where the meter is not known. */
function limitW(meter: Meter | undefined, direction: Direction, from: number, stepS: number): number {
  if (!meter) return 0;
  let least = Infinity;
  for (let at = from; at < from + stepS; at += Math.min(stepS, 3600)) {
    const hour = Math.floor((((at % 86_400) + 86_400) % 86_400) / 3600);
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
  const nominal = [120, 230, 240, 277].reduce((best, v) => (Math.abs(v - usual) < Math.abs(best - usual) ? v : best));
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
