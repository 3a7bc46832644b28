/** Our own network format, docs/network-format.md: `Network` as JSON, with line codes for those who write it by hand. */
import { readFileSync, statSync } from 'node:fs';
import { Problem } from '../base/problem';
import { list, matrix3, num, object, oneOf, phaseList, positive, remark, text, three, wrong } from './json-fields';
import { type Impedance, type Line, type Network, type Phase } from './network';
import { allPhases, isClosed } from './topology';

export const networkFormat = 'headroom-network/1';
const mostBytes = 64 << 20;

const source = object(
  { bus: text, baseKv: positive, pu: num(0.5, 1.5), angleDeg: num(-360, 360), isc3A: positive, xOverR: num(0) },
  { zero: object({ rOhm: num(0), xOhm: num(0) }, {}), phasors: phasors },
);

const transformer = object(
  {
    name: text,
    from: text,
    to: text,
    connection: oneOf('delta-wye', 'wye-wye', 'split-phase'),
    primaryKv: positive,
    secondaryKv: positive,
    ratingKva: positive,
    xPercent: num(0, 100),
    rPercent: num(0, 100),
  },
  {
    phases: phaseList,
    tap: num(0.5, 1.5),
    tapByPhase: three(num(0.5, 1.5)),
    halves: object({ primaryR: num(0), primaryX: num(), legR: num(0), legX: num() }, {}),
    noLoadPercent: num(0, 100),
    magnetisingPercent: num(0, 100),
  },
);

const lineCode = object(
  { name: text },
  {
    r1OhmPerKm: num(0),
    x1OhmPerKm: num(),
    r0OhmPerKm: num(0),
    x0OhmPerKm: num(),
    rOhmPerKm: matrix3,
    xOhmPerKm: matrix3,
    ampacityA: positive,
  },
);
type LineCode = ReturnType<typeof lineCode>;

const line = object(
  { name: text, from: text, to: text, lengthM: num(0) },
  {
    phases: phaseList,
    code: text,
    z: object({ r: matrix3, x: matrix3 }, {}),
    b: matrix3,
    ampacityA: positive,
    ampacityByPhaseA: three(positive),
    switch: oneOf('open', 'closed'),
  },
);
type WrittenLine = ReturnType<typeof line>;

const evse = object({ maxA: positive, voltageV: positive, phases: phaseList }, {});
const site = object(
  { kind: oneOf('inverter', 'pcs'), serviceW: positive, firmImportW: num(0), firmExportW: num(0) },
  {
    pvW: num(0),
    batteryW: num(0),
    batteryWh: num(0),
    evse: list(evse),
    evUse: oneOf('home', 'depot', 'workplace'),
  },
);

const load = object(
  { name: text, bus: text, baseW: num(), baseVar: num() },
  {
    phases: phaseList,
    shape: text,
    connection: oneOf('delta'),
    model: oneOf('power', 'current', 'impedance'),
    ratedV: positive,
    site,
  },
);
const capacitor = object({ name: text, bus: text, var: positive }, { phases: phaseList, ratedV: positive });

const document = object(
  {
    format: oneOf(networkFormat),
    name: text,
    source,
    transformers: list(transformer),
    lines: list(line),
    loads: list(load),
    shapes: list(object({ name: text, stepS: positive, values: list(num(), 1) }, { varValues: list(num(), 1) })),
    voltageBand: object({ minPu: num(0, 1), maxPu: num(1, 2) }, {}),
  },
  { about: remark, lineCodes: list(lineCode), capacitors: list(capacitor) },
);

/** @throws Problem BAD_NETWORK with the field, such as `lines[3].from`. */
export function readNetworkJson(file: string): Network {
  const { size } = statSync(file);
  if (size > mostBytes)
    throw new Problem('BAD_NETWORK', { at: file, note: `it is larger than ${mostBytes} bytes`, got: size });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new Problem('BAD_NETWORK', {
      at: file,
      note: `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
    });
  }
  return networkFromJson(value);
}

/** As `readNetworkJson`, from a value that JSON.parse answered. */
export function networkFromJson(value: unknown): Network {
  const written = document(value, '');
  const codes = new Map((written.lineCodes ?? []).map((code, i) => [code.name.toLowerCase(), { code, i }]));
  const { name, shapes, source: from, transformers, voltageBand } = written;
  const network: Network = {
    name,
    source: from,
    transformers,
    lines: written.lines.map((one, i) => asLine(one, `lines[${i}]`, codes)),
    loads: written.loads.map(one => ({ ...one, phases: one.phases ?? allPhases })),
    ...(written.capacitors
      ? { capacitors: written.capacitors.map(one => ({ ...one, phases: one.phases ?? allPhases })) }
      : {}),
    shapes,
    voltageBand,
  };
  checkNames(network);
  checkPlaces(network);
  return network;
}

/** What `networkFromJson` reads back as the same network; warnings of a reader are left out. */
export function networkToJson(network: Network): unknown {
  const { warnings, ...rest } = network;
  void warnings;
  return { format: networkFormat, ...rest };
}

function asLine(written: WrittenLine, at: string, codes: ReadonlyMap<string, { code: LineCode; i: number }>): Line {
  const { ampacityByPhaseA, b, code: codeName, lengthM, switch: stands, z: given } = written;
  const phases = written.phases ?? allPhases;
  const found = codeName === undefined ? undefined : codes.get(codeName.toLowerCase());
  if (codeName !== undefined && !found) throw wrong(`${at}.code`, 'the name of a line code', codeName);
  if ((found === undefined) === (given === undefined)) throw wrong(at, 'either code or z', given ? 'both' : 'neither');
  const z = given ?? times(perKm(found as { code: LineCode; i: number }), lengthM / 1000, phases);
  const ampacityA = written.ampacityA ?? found?.code.ampacityA;
  return {
    name: written.name,
    from: written.from,
    to: written.to,
    lengthM,
    phases,
    z,
    ...(b ? { b } : {}),
    ...(ampacityA === undefined ? {} : { ampacityA }),
    ...(ampacityByPhaseA ? { ampacityByPhaseA } : {}),
    ...(stands ? { switch: stands } : {}),
  };
}

/** Ohms per kilometre: matrices, or sequence values; without zero sequence the phases do not couple. */
function perKm({ code, i }: { code: LineCode; i: number }): Impedance {
  const { r0OhmPerKm, r1OhmPerKm, rOhmPerKm, x0OhmPerKm, x1OhmPerKm, xOhmPerKm } = code;
  if (rOhmPerKm && xOhmPerKm) return { r: rOhmPerKm, x: xOhmPerKm };
  if (r1OhmPerKm === undefined || x1OhmPerKm === undefined)
    throw wrong(`lineCodes[${i}]`, 'r1OhmPerKm and x1OhmPerKm, or rOhmPerKm and xOhmPerKm', code.name);
  const balanced = (one: number, zero: number): number[][] =>
    [0, 1, 2].map(p => [0, 1, 2].map(q => (p === q ? (2 * one + zero) / 3 : (zero - one) / 3)));
  return { r: balanced(r1OhmPerKm, r0OhmPerKm ?? r1OhmPerKm), x: balanced(x1OhmPerKm, x0OhmPerKm ?? x1OhmPerKm) };
}

function times({ r, x }: Impedance, by: number, phases: readonly Phase[]): Impedance {
  const there = (values: readonly (readonly number[])[]): number[][] =>
    allPhases.map(p =>
      allPhases.map(q => (phases.includes(p) && phases.includes(q) ? (values[p - 1]?.[q - 1] ?? 0) * by : 0)),
    );
  return { r: there(r), x: there(x) };
}

function phasors(value: unknown, at: string): NonNullable<Network['source']['phasors']> {
  const three = list(object({ pu: num(0.5, 1.5), angleDeg: num(-360, 360) }, {}))(value, at);
  const [a, b, c] = three;
  if (!a || !b || !c || three.length !== 3) throw wrong(at, 'a list of three', three.length);
  return [a, b, c];
}

function checkNames(network: Network): void {
  const unique = (items: readonly { name: string }[], what: string, names = new Set<string>()): Set<string> => {
    items.forEach(({ name }, i) => {
      if (names.has(name.toLowerCase())) throw wrong(`${what}[${i}].name`, 'a name of its own', name);
      names.add(name.toLowerCase());
    });
    return names;
  };
  unique(network.lines, 'lines', unique(network.transformers, 'transformers'));
  unique(network.loads, 'loads');
  const shapes = unique(network.shapes, 'shapes');
  network.loads.forEach(({ shape }, i) => {
    if (shape !== undefined && !shapes.has(shape.toLowerCase()))
      throw wrong(`loads[${i}].shape`, 'the name of a shape', shape);
  });
}

/** Every branch and load hangs, over others, on the source. */
function checkPlaces({ lines, loads, source: root, transformers }: Network): void {
  const next = new Map<string, string[]>();
  const join = (a: string, b: string): void => void (next.get(a)?.push(b) ?? next.set(a, [b]));
  for (const { from, to } of [...lines.filter(isClosed), ...transformers]) {
    join(from.toLowerCase(), to.toLowerCase());
    join(to.toLowerCase(), from.toLowerCase());
  }
  const reached = new Set([root.bus.toLowerCase()]);
  for (const bus of reached) for (const far of next.get(bus) ?? []) reached.add(far);
  const check = (at: string, bus: string): void => {
    if (!reached.has(bus.toLowerCase())) throw wrong(at, 'a bus that is connected to the source', bus);
  };
  transformers.forEach(({ connection, phases, tapByPhase }, i) => {
    if (connection === 'split-phase' && phases?.length !== 1)
      throw wrong(`transformers[${i}].phases`, 'the one phase that feeds it', phases);
    if (connection === 'delta-wye' && tapByPhase)
      throw wrong(`transformers[${i}].tapByPhase`, 'one tap for all phases of a delta winding', tapByPhase);
  });
  transformers.forEach(({ from }, i) => check(`transformers[${i}].from`, from));
  lines.forEach((line, i) => isClosed(line) && check(`lines[${i}].from`, line.from));
  loads.forEach(({ bus }, i) => check(`loads[${i}].bus`, bus));
}
