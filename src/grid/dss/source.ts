/** The voltage source of an OpenDSS circuit: one of three phases, or three of one phase at the same bus. */
import { type Phasor, type Source } from '../network';
import { integerOf, last, numberOf, terminal, textOf } from './reading';
import { type DssObject, type Script } from './script';
import { bad, numbers } from './values';

export function sourceOf(script: Script): Source {
  const sources = script.all('vsource');
  const [first] = sources;
  if (!first) throw bad('the file', 'it has no source: New Circuit is missing');
  for (const object of sources) {
    const shape = last(object, 'daily', 'yearly', 'duty');
    if (shape) script.warn(shape.at, 'the shape of the source voltage is left out; it stays at pu');
    const second = last(object, 'bus2');
    if (second) throw bad(second.at, 'a source between two buses is not supported');
  }
  const phases = integerOf(first, 'phases', 3);
  if (phases === 3) {
    const second = sources[1];
    if (second) throw bad(second.at, `a second source, ${second.name}, is not supported`);
    const { bus } = terminal(textOf(first, 'bus1') ?? 'SourceBus', 3, first.at, 'the source');
    const baseKv = numberOf(first, 'basekv', 115);
    return { bus, baseKv, ...phasorOf(first), ...impedance(first, baseKv, 3) };
  }
  return threeOfOnePhase(sources);
}

function threeOfOnePhase(sources: readonly DssObject[]): Source {
  const [first] = sources as [DssObject];
  const phasors: (Phasor | undefined)[] = [undefined, undefined, undefined];
  const baseKv = numberOf(first, 'basekv', 115);
  const { bus } = terminal(textOf(first, 'bus1') ?? 'SourceBus', 1, first.at, 'the source');
  for (const object of sources) {
    if (integerOf(object, 'phases', 3) !== 1)
      throw bad(object.at, 'sources of one and of several phases together are not supported');
    const there = terminal(textOf(object, 'bus1') ?? 'SourceBus', 1, object.at, 'the source');
    if (there.bus.toLowerCase() !== bus.toLowerCase())
      throw bad(object.at, `a source at a second bus, ${there.bus}, is not supported`);
    if (numberOf(object, 'basekv', 115) !== baseKv)
      throw bad(object.at, 'sources of different basekV are not supported');
    phasors[(there.phases[0] as number) - 1] = phasorOf(object);
  }
  const [one, two, three] = phasors;
  if (!one || !two || !three) throw bad(first.at, 'the source does not have all three phases');
  const lineKv = baseKv * Math.sqrt(3);
  const { isc3A, xOverR } = impedance(first, baseKv, 1);
  return { bus, baseKv: lineKv, ...one, isc3A, xOverR, phasors: [one, two, three] };
}

function phasorOf(object: DssObject): Phasor {
  return { pu: numberOf(object, 'pu', 1), angleDeg: numberOf(object, 'angle', 0) };
}

/** Short-circuit impedance from MVAsc, Isc or ohms, whichever was given last, as OpenDSS derives it. */
function impedance(object: DssObject, baseKv: number, phases: 1 | 3): Pick<Source, 'isc3A' | 'xOverR' | 'zero'> {
  const volts = baseKv * 1000;
  const given = last(
    object,
    'mvasc3',
    'mvasc1',
    'isc3',
    'isc1',
    'r1',
    'x1',
    'r0',
    'x0',
    'z1',
    'z0',
    'puz1',
    'puz0',
    'model',
  );
  const ideal = textOf(object, 'model')?.toLowerCase().startsWith('i') ?? false;
  if (ideal) return { isc3A: 1e12, xOverR: 1 };
  let r1: number, x1: number, r0: number, x0: number;
  if (given && /^(r|x|z|puz)/.test(given.property)) {
    const base = baseKv ** 2 / numberOf(object, 'basemva', 100);
    const pair = (name: string, by: number): [number, number] | undefined => {
      const found = last(object, name);
      const values = found ? numbers(found.value, found.at, `${object.name}.${name}`) : undefined;
      return values ? [(values[0] ?? 0) * by, (values[1] ?? 0) * by] : undefined;
    };
    const one = pair('z1', 1) ?? pair('puz1', base);
    const zero = pair('z0', 1) ?? pair('puz0', base) ?? one;
    [r1, x1] = one ?? [numberOf(object, 'r1', 1.65), numberOf(object, 'x1', 6.6)];
    [r0, x0] = zero ?? [numberOf(object, 'r0', 1.9), numberOf(object, 'x0', 5.7)];
  } else {
    const byCurrent = given?.property.startsWith('isc') ?? false;
    const root = Math.sqrt(phases);
    const isc3 = byCurrent
      ? numberOf(object, 'isc3', 10_000)
      : (numberOf(object, 'mvasc3', 2000) * 1e6) / (Math.sqrt(3) * volts);
    const isc1 = byCurrent
      ? numberOf(object, 'isc1', 10_540)
      : (numberOf(object, 'mvasc1', 2100) * 1e6) / (root * volts);
    const ratio = numberOf(object, 'x1r1', 4);
    const zeroRatio = numberOf(object, 'x0r0', 3);
    x1 = volts / (Math.sqrt(3) * isc3) / Math.sqrt(1 + 1 / ratio ** 2);
    r1 = x1 / ratio;
    // |2 Z1 + Z0| = 3 V / Isc1 solved for R0 with X0 = ratio × R0.
    const a = 1 + zeroRatio ** 2;
    const b = 4 * (r1 + x1 * zeroRatio);
    const c = 4 * (r1 ** 2 + x1 ** 2) - ((3 * volts) / root / isc1) ** 2;
    r0 = (-b + Math.sqrt(Math.max(0, b ** 2 - 4 * a * c))) / (2 * a);
    x0 = r0 * zeroRatio;
  }
  const z1 = Math.hypot(r1, x1);
  if (!(z1 > 0)) return { isc3A: 1e12, xOverR: 1 };
  // A single phase of the source has no partner: its impedance is taken as it stands.
  const isc3A = volts / ((phases === 3 ? Math.sqrt(3) : 1) * z1);
  return { isc3A, xOverR: r1 > 0 ? x1 / r1 : 1e6, zero: { rOhm: r0, xOhm: x0 } };
}
