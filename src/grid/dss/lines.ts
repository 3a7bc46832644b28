/** OpenDSS lines and line codes as `Line`s: impedances of the whole length in ohms. */
import { last, numberOf, terminalOf, textOf } from './reading';
import { type JoinedLine } from './relabel';
import { type Assignment, type DssObject, type Script } from './script';
import { bad, flag, integer, matrix, number } from './values';

const metresIn: Readonly<Record<string, number>> = {
  mi: 1609.344,
  kft: 304.8,
  km: 1000,
  m: 1,
  ft: 0.3048,
  in: 0.0254,
  cm: 0.01,
  mm: 0.001,
};

/** Series impedance and capacitance per unit length, as sequence values or as matrices; the latest given counts. */
interface Constants {
  phases: number;
  sequence: Record<string, number>;
  bySequence: boolean;
  r?: number[][];
  x?: number[][];
  c?: number[][];
  /** Unit of the length they are per; undefined for none. */
  unit: string | undefined;
  baseHz: number;
  ampacityA?: number;
}

/** What OpenDSS assumes where nothing is given: ohms and nanofarads per thousand feet. */
const assumed = { r1: 0.058, x1: 0.1206, r0: 0.1784, x0: 0.4047, c1: 3.4, c0: 1.6 };

export function linesOf(script: Script, hz: number): JoinedLine[] {
  const codes = new Map<string, Constants>();
  // An open switch can be closed again; any other line that is disabled or open is as good as not there.
  const isSwitch = (object: DssObject): boolean => /^[yt1]/i.test(textOf(object, 'switch') ?? '');
  const there = script.every('line').filter(object => object.enabled || isSwitch(object));
  return there.map(object => lineOf(object, script, hz, codes));
}

function lineOf(object: DssObject, script: Script, hz: number, codes: Map<string, Constants>): JoinedLine {
  let constants = fresh(3, hz);
  let unit: string | undefined;
  let length = 1;
  let isSwitch = false;
  for (const assignment of object.assignments) {
    const { at, property, value } = assignment;
    const name = `${object.name}.${property}`;
    if (property === 'linecode') constants = { ...codeOf(value, assignment, script, hz, codes) };
    else if (property === 'length') length = number(value, at, name);
    else if (property === 'units') unit = unitOf(value, at);
    else if (property === 'phases') {
      const phases = integer(value, at, name);
      if (phases !== constants.phases && !constants.bySequence)
        throw bad(at, `line ${object.name} has ${phases} phases but matrices of ${constants.phases}`);
      constants.phases = phases;
    } else if (property === 'switch') {
      isSwitch = flag(value, at, name);
      if (!isSwitch) continue;
      constants = { ...fresh(constants.phases, hz), sequence: { r1: 1, x1: 1, r0: 1, x0: 1, c1: 1.1, c0: 1 } };
      length = 0.001;
      unit = undefined;
    } else if (['geometry', 'spacing', 'wires', 'cncables', 'tscables', 'conductors'].includes(property))
      throw bad(at, `line ${object.name} is given by its ${property}, which is not supported; give impedances`);
    else if (property === 'basefreq') constants.baseHz = number(value, at, name);
    else if (setConstant(constants, assignment, object.name)) {
      // Values given on the line itself are per the line's own unit of length.
      if (property !== 'normamps') [constants.unit, unit] = [undefined, property === 'units' ? unit : undefined];
    }
  }
  const from = terminalOf(object, 'bus1', constants.phases);
  const to = terminalOf(object, 'bus2', constants.phases);
  const perUnit =
    constants.unit !== undefined && unit !== undefined ? (metresIn[unit] ?? 1) / (metresIn[constants.unit] ?? 1) : 1;
  const { b, r, x } = totals(constants, length * perUnit, hz, object.at);
  const place = (small: number[][]): number[][] =>
    [1, 2, 3].map(p => [1, 2, 3].map(q => small[from.phases.indexOf(p as 1)]?.[from.phases.indexOf(q as 1)] ?? 0));
  return {
    name: object.name,
    at: object.at,
    ...(from.phases.join() === to.phases.join() ? {} : { toPhases: to.phases }),
    from: from.bus,
    to: to.bus,
    lengthM: length * (metresIn[unit ?? constants.unit ?? 'm'] ?? 1),
    phases: from.phases,
    z: { r: place(r), x: place(x) },
    ...(b.flat().some(value => value !== 0) ? { b: place(b) } : {}),
    ...(constants.ampacityA === undefined ? {} : { ampacityA: constants.ampacityA }),
    ...(isSwitch ? { switch: object.enabled ? 'closed' : 'open' } : {}),
  };
}

function codeOf(
  value: string,
  { at }: Assignment,
  script: Script,
  hz: number,
  codes: Map<string, Constants>,
): Constants {
  const object = script.find('linecode', value);
  if (!object) throw bad(at, `there is no linecode ${value}`);
  const key = object.name.toLowerCase();
  const known = codes.get(key);
  if (known) return known;
  const constants = fresh(3, hz);
  const sized = last(object, 'nphases');
  if (sized) constants.phases = integer(sized.value, sized.at, `${object.name}.nphases`);
  const unit = textOf(object, 'units');
  constants.unit = unit === undefined ? undefined : unitOf(unit, object.at);
  constants.baseHz = numberOf(object, 'basefreq', hz);
  for (const assignment of object.assignments) setConstant(constants, assignment, object.name);
  codes.set(key, constants);
  return constants;
}

function fresh(phases: number, hz: number): Constants {
  return { phases, sequence: { ...assumed }, bySequence: true, unit: undefined, baseHz: hz };
}

/** Takes a property that both lines and line codes have; answers whether it did. */
function setConstant(constants: Constants, { at, property, value }: Assignment, owner: string): boolean {
  const name = `${owner}.${property}`;
  if (property in assumed || property === 'b1' || property === 'b0') {
    const given = number(value, at, name);
    // Microsiemens per unit length as nanofarads.
    if (property.startsWith('b'))
      constants.sequence[`c${property.slice(1)}`] = (given * 1000) / (2 * Math.PI * constants.baseHz);
    else constants.sequence[property] = given;
    constants.bySequence = true;
  } else if (property === 'rmatrix' || property === 'xmatrix' || property === 'cmatrix') {
    constants[property.charAt(0) as 'r' | 'x' | 'c'] = matrix(value, at, name, constants.phases);
    constants.bySequence = false;
  } else if (property === 'normamps') constants.ampacityA = number(value, at, name);
  else return false;
  return true;
}

function totals(
  constants: Constants,
  length: number,
  hz: number,
  at: string,
): { r: number[][]; x: number[][]; b: number[][] } {
  const { bySequence, phases, sequence: s } = constants;
  const scale = hz / constants.baseHz;
  const times = (values: number[][], by: number): number[][] => values.map(row => row.map(value => value * by));
  const farads = 2 * Math.PI * hz * 1e-9 * length;
  const balanced = (one = 0, zero = 0): number[][] =>
    Array.from({ length: phases }, (_, i) =>
      Array.from({ length: phases }, (_none, j) => (i === j ? (2 * one + zero) / 3 : (zero - one) / 3)),
    );
  if (bySequence)
    return {
      r: times(balanced(s['r1'], s['r0']), length),
      x: times(balanced(s['x1'], s['x0']), length * scale),
      b: times(balanced(s['c1'], s['c0']), farads),
    };
  const r = constants.r ?? balanced(s['r1'], s['r0']);
  const x = constants.x ?? balanced(s['x1'], s['x0']);
  const c = constants.c ?? balanced(s['c1'], s['c0']);
  if ([r, x, c].some(values => values.length !== phases))
    throw bad(at, 'the matrices of this line have different sizes');
  return { r: times(r, length), x: times(x, length * scale), b: times(c, farads) };
}

function unitOf(written: string, at: string): string | undefined {
  const unit = written.trim().toLowerCase();
  if (unit === 'none' || unit === '') return undefined;
  const found = unit in metresIn ? unit : unit.startsWith('mi') ? 'mi' : unit.startsWith('meter') ? 'm' : undefined;
  if (found === undefined) throw bad(at, 'this unit of length is not known', written);
  return found;
}
