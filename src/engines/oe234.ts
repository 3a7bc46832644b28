/**
 * The simple engines of the Melbourne family (envelopes reference 3.3). They need no model of the network, and look at sites all at their limits.
 *
 *     oe2   asset capacity: what the transformer has left, split by size
 *     oe3   and the voltage of the critical customer, by a line through its history of power and voltage
 *     oe4   and the voltage at the transformer and the rise from there, by two lines over the transformer's power
 *
 * By default the headroom is ours: every asset, each phase, var and forecast. `compat: "uom"` is the published arithmetic, at the root asset
 * in total only, in steps of 0.5 kW.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../base/problem';
import { wireWatts } from '../base/units';
import { type Device, type Engine, type EngineFactory, type Envelope, type Snapshot } from './api';
import { sharing } from './headroom';
import { type Direction, directions } from './headroom-formula';
import { type Fit, byCriticalVoltage, byDeltaVoltage, fitLine, spareKw, splitBySize, steppedDown } from './melbourne';
import { readOptions } from './options';
import { shareOut } from './share-out';

const stepKw = 0.5;

/** What voltage allows every active customer, kW; `inside` says whether a level keeps it. */
interface Voltage {
  readonly bound: string;
  level(direction: Direction, passiveKw: number, n: number): number;
  inside(direction: Direction, kw: number, passiveKw: number, n: number): boolean;
}

export const oe2: EngineFactory = options => {
  const read = readOptions('oe2', options);
  const compat = read.oneOf('compat', 'none', ['none', 'uom']) === 'uom';
  read.done();
  return engine('oe2', compat, undefined);
};

export const oe3: EngineFactory = (options, place) => {
  const read = readOptions('oe3', options);
  const compat = read.oneOf('compat', 'none', ['none', 'uom']) === 'uom';
  const file = path.resolve(place?.baseDir ?? '.', read.text('history'));
  const [minV, maxV] = [read.number('minV', 216, 1, 1e6), read.number('maxV', 253, 1, 1e6)];
  read.done();
  const fit = fitLine(
    rowsOf(file, ['pKw', 'voltageV']).map(([p = NaN, v = NaN]) => [p, v] as const),
    file,
  );
  const most = byCriticalVoltage(fit, minV, maxV);
  return engine('oe3', compat, {
    bound: 'voltage of the critical customer',
    level: direction => (direction === 'export' ? most.exportKw : most.importKw),
    inside: (direction, kw) =>
      direction === 'export' ? fit.slope * kw + fit.level <= maxV : fit.level - fit.slope * kw >= minV,
  });
};

export const oe4: EngineFactory = (options, place) => {
  const read = readOptions('oe4', options);
  const compat = read.oneOf('compat', 'none', ['none', 'uom']) === 'uom';
  const file = path.resolve(place?.baseDir ?? '.', read.text('history'));
  const [minV, maxV] = [read.number('minV', 216, 1, 1e6), read.number('maxV', 253, 1, 1e6)];
  read.done();
  const rows = rowsOf(file, ['pTxKw', 'vTxV', 'deltaV']);
  // The two states are fitted apart: the critical customer need not be the same one.
  const lines = (export_: boolean): { tx: Fit; delta: Fit } => {
    const some = rows.filter(([p = 0]) => p > 0 === export_);
    const over = (column: 1 | 2): Fit =>
      fitLine(
        some.map(row => [row[0] ?? NaN, row[column] ?? NaN] as const),
        file,
      );
    return { tx: over(1), delta: over(2) };
  };
  const state = { export: lines(true), import: lines(false) };
  return engine('oe4', compat, {
    bound: 'voltage over the transformer',
    level: (direction, passiveKw, n) => {
      const { delta, tx } = state[direction];
      return direction === 'export'
        ? byDeltaVoltage(tx, delta, maxV, passiveKw, n, 1)
        : byDeltaVoltage(tx, delta, minV, passiveKw, n, -1);
    },
    inside: (direction, kw, passiveKw, n) => {
      const { delta, tx } = state[direction];
      const p = passiveKw + n * (direction === 'export' ? kw : -kw);
      const v = tx.slope * p + tx.level + delta.slope * p + delta.level;
      return direction === 'export' ? v <= maxV : v >= minV;
    },
  });
};

function engine(name: string, compat: boolean, voltage: Voltage | undefined): Engine {
  return {
    name,
    api: 1,
    moreRoom: 'least',
    guards: compat ? 'sites' : 'assets',
    compute: (snapshot, signal) => {
      signal.throwIfAborted();
      return compat ? published(snapshot, voltage) : corrected(snapshot, voltage, signal);
    },
  };
}

function corrected(snapshot: Snapshot, voltage: Voltage | undefined, signal: AbortSignal) {
  const root = snapshot.assets.find(({ parent }) => parent === undefined);
  const n = snapshot.devices.length;
  return shareOut(
    snapshot,
    {
      ...sharing('proportional'),
      ...(voltage && {
        capsAt: (step, direction, tree) => {
          // Export positive; high import is the worse for import, low for export.
          const passiveW = direction === 'import' ? root?.passive.highW[step] : root?.passive.lowW[step];
          const w = 1000 * voltage.level(direction, -(passiveW ?? 0) / 1000, n);
          return { limitW: tree.devices.map(() => w), by: () => voltage.bound };
        },
      }),
    },
    signal,
  );
}

/** At the root asset, in total, with telemetry for the active customers' present power. */
function published({ assets, devices, steps }: Snapshot, voltage: Voltage | undefined): Envelope[] {
  const root = assets.find(({ parent }) => parent === undefined);
  const activeKw = -devices.reduce((sum, { telemetry }) => sum + (telemetry?.netW ?? 0), 0) / 1000;
  const sizes = devices.map(({ maxExportW }) => Math.max(1e-9, maxExportW / 1000));
  const limits = { import: devices.map((): number[] => []), export: devices.map((): number[] => []) };
  const bound = devices.map((): { import: string; export: string }[] => []);
  for (let step = 0; step < steps; step++) {
    const high = root?.passive.highW[step];
    const passiveKw = -((high ?? 0) + (root?.passive.lowW[step] ?? 0)) / 2000;
    const metered = { pTxKw: passiveKw + activeKw, qTxKw: (root?.passive.var[step] ?? 0) / 1000, activeKw };
    const spare =
      high === undefined
        ? { exportKw: 0, importKw: 0 }
        : spareKw(metered, ((root?.ratingVA ?? 0) * (root?.loadingFactor ?? 1)) / 1000);
    const texts = devices.map(() => ({ import: '', export: '' }));
    for (const direction of directions) {
      const caps = devices.map(device => capW(device, direction) / 1000);
      const shares = splitBySize(direction === 'export' ? spare.exportKw : spare.importKw, sizes, caps);
      shares.forEach((share, k) => {
        const kw = voltage
          ? steppedDown(share, stepKw, x => voltage.inside(direction, x, passiveKw, devices.length))
          : share;
        const device = devices[k] as Device;
        const firmW = wireWatts(
          Math.min(direction === 'import' ? device.firmImportW : device.firmExportW, capW(device, direction)),
        );
        const w = wireWatts(Math.min(1000 * kw + 1e-6, capW(device, direction)));
        limits[direction][k]?.push(Math.max(firmW, w));
        const name =
          kw < share
            ? (voltage?.bound ?? '')
            : share < (caps[k] as number)
              ? `transformer ${root?.id ?? ''}`
              : 'site rating';
        (texts[k] as { import: string; export: string })[direction] = w < firmW ? `firm, no room at ${name}` : name;
      });
    }
    texts.forEach((text, k) => bound[k]?.push(text));
  }
  return devices.map(({ id }, k) => ({
    device: id,
    importW: limits.import[k] ?? [],
    exportW: limits.export[k] ?? [],
    bound: bound[k] ?? [],
  }));
}

const capW = ({ maxExportW, maxImportW }: Device, direction: Direction): number =>
  direction === 'import' ? maxImportW : maxExportW;

/** A CSV file with this header. @throws Problem BAD_PROFILE with the line */
function rowsOf(file: string, columns: readonly string[]): number[][] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_PROFILE', { at: file, note: 'the file cannot be read', cause });
  }
  const [header, ...lines] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (header?.replaceAll(' ', '') !== columns.join(','))
    throw new Problem('BAD_PROFILE', { at: `${file}:1`, want: columns.join(','), got: header ?? '' });
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const values = line.split(',').map(Number);
    if (values.length !== columns.length || values.some(value => !Number.isFinite(value)))
      throw new Problem('BAD_PROFILE', { at: `${file}:${i + 2}`, want: `${columns.length} numbers`, got: line });
    return [values];
  });
}
