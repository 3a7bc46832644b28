/**
 * Oak Street, the network of the demo: the end of a 12.47 kV feeder in California, invented for this project. A pad-mounted
 * transformer serves a street of shops, two vehicle depots, a school and homes. `oak-street.json` is printed from this file
 * (`UPDATE=1 npx jest examples/networks`), and oak-street.test.ts proves by power flow what the street is for:
 *
 * - the customers as they are keep well inside every limit;
 * - all sites at full service in the evening, or full sun at noon, overload the transformer and leave the voltage band;
 * - the transformer's headroom shared out keeps both inside.
 *
 * Homes in California have 120/240 V of a split phase. Here each is its one-phase equivalent at 240 V to neutral, shared out
 * over the phases of a 416Y/240 V bank.
 */
type Phases = readonly (1 | 2 | 3)[];

const all: Phases = [1, 2, 3];

/** A day in quarters of an hour: a base and bumps [height, hour, width in hours], at most 1. */
function day(base: number, ...bumps: readonly (readonly [number, number, number])[]): number[] {
  return Array.from({ length: 96 }, (_, i) => {
    const hour = (i + 0.5) / 4;
    const value = bumps.reduce((sum, [height, at, width]) => {
      const apart = Math.min(Math.abs(hour - at), 24 - Math.abs(hour - at));
      return sum + height * Math.exp(-0.5 * (apart / width) ** 2);
    }, base);
    return Math.round(Math.min(1, value) * 1000) / 1000;
  });
}

const shapes = [
  { name: 'home', values: day(0.18, [0.25, 7.3, 1], [0.7, 19, 2], [0.12, 22, 1.5]) },
  { name: 'home-ac', values: day(0.16, [0.15, 7, 1], [0.45, 16, 2.2], [0.55, 19, 1.8]) },
  { name: 'home-day', values: day(0.22, [0.3, 8, 1.2], [0.3, 13, 2.5], [0.55, 18.5, 1.8]) },
  { name: 'shop', values: day(0.25, [0.55, 12, 3.2], [0.45, 17, 2.6]) },
  { name: 'office', values: day(0.15, [0.6, 10.5, 2], [0.6, 14.5, 2.2]) },
  { name: 'school', values: day(0.12, [0.6, 9.5, 1.8], [0.55, 13, 1.8]) },
  { name: 'depot', values: day(0.3, [0.4, 6, 1.5], [0.6, 17.5, 2]) },
  { name: 'laundry', values: day(0.08, [0.5, 11, 2.5], [0.7, 18, 2.5]) },
  {
    name: 'lamps',
    values: Array.from({ length: 96 }, (_, i) => (i < 24 || i >= 79 ? 1 : i === 24 || i === 78 ? 0.5 : 0)),
  },
].map(({ name, values }) => ({ name, stepS: 900, values }));

/**
 * Aluminium cables, ohms per kilometre and amperes, rounded from usual tables. Zero sequence is only a little above positive: the two
 * legs of a split phase carry the current out and back, so that the phases share hardly any conductor.
 */
const lineCodes = [
  { name: 'main-750', r1OhmPerKm: 0.095, x1OhmPerKm: 0.085, r0OhmPerKm: 0.12, x0OhmPerKm: 0.1, ampacityA: 385 },
  { name: 'lateral-350', r1OhmPerKm: 0.2, x1OhmPerKm: 0.09, r0OhmPerKm: 0.25, x0OhmPerKm: 0.11, ampacityA: 250 },
  { name: 'service-4/0', r1OhmPerKm: 0.33, x1OhmPerKm: 0.092, r0OhmPerKm: 0.41, x0OhmPerKm: 0.11, ampacityA: 180 },
  { name: 'service-1/0', r1OhmPerKm: 0.66, x1OhmPerKm: 0.1, r0OhmPerKm: 0.82, x0OhmPerKm: 0.12, ampacityA: 120 },
];

interface Place {
  readonly name: string;
  /** Bus of the street it hangs on, and metres of service cable. */
  readonly on: string;
  readonly metres: number;
  readonly phases: Phases;
  readonly peakKw: number;
  readonly shape: string;
  readonly site?: Readonly<Record<string, unknown>>;
}

const kw = 1000;

/** Chargers of one or three phases at 240 V to neutral. */
const chargers = (count: number, maxA: number, phases: Phases) =>
  Array.from({ length: count }, () => ({ maxA, voltageV: 240, phases }));

function home(
  name: string,
  on: string,
  metres: number,
  phase: 1 | 2 | 3,
  peakKw: number,
  shape: string,
  more: object,
): Place {
  const site = { kind: 'pcs', serviceW: 14.4 * kw, firmImportW: 4 * kw, firmExportW: 1.5 * kw, evUse: 'home', ...more };
  return { name, on, metres, phases: [phase], peakKw, shape, site };
}

/** A home with nothing but PV: its inverter follows export limits, its import is its own affair and its contract says so. */
function pvHome(
  name: string,
  on: string,
  metres: number,
  phase: 1 | 2 | 3,
  peakKw: number,
  shape: string,
  pvKw: number,
): Place {
  const site = { kind: 'inverter', serviceW: 14.4 * kw, firmImportW: 5 * kw, firmExportW: 1.5 * kw, pvW: pvKw * kw };
  return { name, on, metres, phases: [phase], peakKw, shape, site };
}

const places: readonly Place[] = [
  {
    name: 'Van depot',
    on: 'oak-4',
    metres: 30,
    phases: all,
    peakKw: 8,
    shape: 'depot',
    site: {
      kind: 'pcs',
      serviceW: 100 * kw,
      firmImportW: 24 * kw,
      firmExportW: 9 * kw,
      pvW: 90 * kw,
      evse: chargers(5, 32, all),
      evUse: 'depot',
    },
  },
  {
    name: 'Parcel depot',
    on: 'ash-2',
    metres: 25,
    phases: all,
    peakKw: 6,
    shape: 'depot',
    site: {
      kind: 'pcs',
      serviceW: 75 * kw,
      firmImportW: 18 * kw,
      firmExportW: 9 * kw,
      pvW: 75 * kw,
      batteryW: 20 * kw,
      batteryWh: 60 * kw,
      evse: chargers(3, 32, all),
      evUse: 'depot',
    },
  },
  {
    name: 'Grocery',
    on: 'oak-2',
    metres: 20,
    phases: all,
    peakKw: 22,
    shape: 'shop',
    site: {
      kind: 'pcs',
      serviceW: 70 * kw,
      firmImportW: 27 * kw,
      firmExportW: 12 * kw,
      pvW: 70 * kw,
      evse: chargers(2, 32, all),
      evUse: 'workplace',
    },
  },
  {
    name: 'Offices',
    on: 'oak-3',
    metres: 25,
    phases: all,
    peakKw: 12,
    shape: 'office',
    site: {
      kind: 'pcs',
      serviceW: 50 * kw,
      firmImportW: 15 * kw,
      firmExportW: 7.5 * kw,
      pvW: 45 * kw,
      evse: [...chargers(2, 32, [1]), ...chargers(2, 32, [2]), ...chargers(2, 32, [3])],
      evUse: 'workplace',
    },
  },
  {
    name: 'School',
    on: 'elm-1',
    metres: 35,
    phases: all,
    peakKw: 14,
    shape: 'school',
    site: { kind: 'inverter', serviceW: 50 * kw, firmImportW: 16 * kw, firmExportW: 12 * kw, pvW: 50 * kw },
  },
  home('12 Oak St', 'oak-1', 18, 1, 3.2, 'home', { pvW: 9 * kw, evse: chargers(1, 48, [1]) }),
  home('15 Oak St', 'oak-1', 15, 2, 2.8, 'home-day', { pvW: 11 * kw, batteryW: 5 * kw, batteryWh: 13.5 * kw }),
  home('31 Oak St', 'oak-3', 22, 3, 3.6, 'home-ac', {
    pvW: 9 * kw,
    batteryW: 5 * kw,
    batteryWh: 13.5 * kw,
    evse: chargers(1, 48, [3]),
  }),
  pvHome('34 Oak St', 'oak-3', 20, 2, 3, 'home', 10),
  home('40 Oak St', 'oak-4', 20, 1, 2.6, 'home', { evse: chargers(1, 40, [1]) }),
  home('3 Elm Ct', 'elm-2', 20, 1, 3.4, 'home-ac', { pvW: 11 * kw, evse: chargers(1, 48, [1]) }),
  pvHome('5 Elm Ct', 'elm-2', 25, 2, 3.5, 'home-ac', 10),
  home('8 Elm Ct', 'elm-2', 22, 3, 2.9, 'home', {
    pvW: 9 * kw,
    batteryW: 5 * kw,
    batteryWh: 10 * kw,
    evse: chargers(1, 40, [3]),
  }),
  home('2 Ash Ln', 'ash-1', 18, 2, 3, 'home-day', { pvW: 9 * kw, evse: chargers(1, 48, [2]) }),
  pvHome('4 Ash Ln', 'ash-1', 20, 3, 2.7, 'home', 10),
  home('9 Ash Ln', 'ash-2', 20, 1, 3.3, 'home-ac', { pvW: 11 * kw, batteryW: 5 * kw, batteryWh: 13.5 * kw }),
  home('11 Ash Ln', 'ash-2', 24, 3, 3.1, 'home', { evse: chargers(1, 48, [3]) }),
  { name: 'Street lamps', on: 'oak-2', metres: 8, phases: all, peakKw: 1.2, shape: 'lamps' },
  { name: 'Laundromat', on: 'oak-2', metres: 15, phases: all, peakKw: 7, shape: 'laundry' },
  { name: '18 Oak St', on: 'oak-1', metres: 16, phases: [3], peakKw: 2.8, shape: 'home' },
  { name: '27 Oak St', on: 'oak-2', metres: 18, phases: [1], peakKw: 3.1, shape: 'home-ac' },
  { name: '7 Elm Ct', on: 'elm-1', metres: 20, phases: [3], peakKw: 2.5, shape: 'home-day' },
  { name: '6 Ash Ln', on: 'ash-1', metres: 20, phases: [2], peakKw: 2.9, shape: 'home' },
];

const street = [
  { name: 'Oak main 1', from: 'oak-pad', to: 'oak-1', lengthM: 75, code: 'main-750' },
  { name: 'Oak main 2', from: 'oak-1', to: 'oak-2', lengthM: 90, code: 'main-750' },
  { name: 'Oak main 3', from: 'oak-2', to: 'oak-3', lengthM: 90, code: 'main-750' },
  { name: 'Oak main 4', from: 'oak-3', to: 'oak-4', lengthM: 90, code: 'lateral-350' },
  { name: 'Elm lateral 1', from: 'oak-1', to: 'elm-1', lengthM: 90, code: 'lateral-350' },
  { name: 'Elm lateral 2', from: 'elm-1', to: 'elm-2', lengthM: 105, code: 'lateral-350' },
  { name: 'Ash lateral 1', from: 'oak-2', to: 'ash-1', lengthM: 90, code: 'lateral-350' },
  { name: 'Ash lateral 2', from: 'ash-1', to: 'ash-2', lengthM: 105, code: 'lateral-350' },
];

/** The street as `oak-street.json` holds it. */
export function oakStreet(): unknown {
  const busOf = (name: string): string => name.toLowerCase().replaceAll(' ', '-');
  return {
    format: 'headroom-network/1',
    name: 'Oak Street',
    about:
      'Invented for this project. A 225 kVA pad-mounted transformer, 12.47 kV delta to 416Y/240 V; homes are one-phase equivalents of split-phase services. Printed from oak-street.ts.',
    source: { bus: 'oak-12kv', baseKv: 12.47, pu: 1.005, angleDeg: 0, isc3A: 6000, xOverR: 3 },
    transformers: [
      {
        name: 'Oak St transformer',
        from: 'oak-12kv',
        to: 'oak-pad',
        connection: 'delta-wye',
        primaryKv: 12.47,
        secondaryKv: 0.416,
        ratingKva: 225,
        xPercent: 3,
        rPercent: 1.1,
        noLoadPercent: 0.2,
      },
    ],
    lineCodes,
    lines: [
      ...street,
      ...places.map(({ metres, name, on, phases }) => ({
        name: `Service ${name}`,
        from: on,
        to: busOf(name),
        lengthM: metres,
        ...(phases.length === 3 ? {} : { phases }),
        code: phases.length === 3 ? 'service-4/0' : 'service-1/0',
      })),
    ],
    loads: places.map(({ name, peakKw, phases, shape, site }) => ({
      name,
      bus: busOf(name),
      ...(phases.length === 3 ? {} : { phases }),
      baseW: Math.round(peakKw * kw),
      baseVar: Math.round(peakKw * kw * (phases.length === 3 ? 0.3 : 0.2)),
      shape,
      ...(site ? { site } : {}),
    })),
    shapes,
    voltageBand: { minPu: 0.95, maxPu: 1.05 },
  };
}
