/** OpenDSS loads, generators and PV systems as `Load`s, and capacitors; what generates has negative watts. */
import { type Capacitor, type Load, type LoadModel } from '../network';
import { between, integerOf, last, numberOf, terminalOf, textOf } from './reading';
import { type DssObject, type Script } from './script';
import { type UsedShapes } from './shapes';
import { bad, number, numbers } from './values';

export function loadsOf(script: Script, shapes: UsedShapes): Load[] {
  const setting = script.settings.get('loadmult');
  const multiplier = setting ? number(setting.value, setting.at, 'LoadMult') : 1;
  const loads = script.all('load').map(object => {
    const fixed = textOf(object, 'status')?.toLowerCase().startsWith('f') ?? false;
    return loadOf(object, object.name, nominal(object), fixed ? 1 : multiplier, shapes, script);
  });
  const generators = script.all('generator').map(object => {
    const { tangent, var: reactive, w } = nominal(object, 1000, 1);
    return loadOf(object, `Generator.${object.name}`, { w: -w, var: -reactive, tangent }, 1, shapes, script);
  });
  const plants = script.all('pvsystem').map(object => {
    if (last(object, 'p-tcurve', 'effcurve'))
      script.warn(object.at, 'temperature and efficiency of PV systems are left out');
    const pf = numberOf(object, 'pf', 1);
    const w = Math.min(
      numberOf(object, 'pmpp', 500) * (numberOf(object, '%pmpp', 100) / 100) * numberOf(object, 'irradiance', 1),
      numberOf(object, 'kva', 500) * Math.abs(pf),
    );
    const fixedVar = last(object, 'kvar', 'pf')?.property === 'kvar' ? numberOf(object, 'kvar', 0) * 1000 : undefined;
    const tangent = tangentOf(pf);
    const power = { w: -w * 1000, var: -(fixedVar ?? w * 1000 * tangent), tangent };
    return loadOf(object, `PVSystem.${object.name}`, power, 1, shapes, script);
  });
  return [...loads, ...generators, ...plants];
}

const models: Readonly<Record<number, LoadModel>> = { 1: 'power', 2: 'impedance', 5: 'current' };

/** Capacitors to neutral. @throws Problem BAD_NETWORK for those between phases or in series. */
export function capacitorsOf(script: Script): Capacitor[] {
  return script.all('capacitor').map(object => {
    const what = `capacitor ${object.name}`;
    const other = last(object, 'bus2', 'cmatrix', 'cuf');
    if (other) throw bad(other.at, `${what}: only capacitors to neutral, given in kvar, are supported`);
    if (/^(d|ll)/i.test(textOf(object, 'conn') ?? 'wye'))
      throw bad(object.at, `${what}: a delta connection is not supported`);
    const phases = integerOf(object, 'phases', 3);
    const at = terminalOf(object, 'bus1', phases);
    const written = last(object, 'kvar');
    const kvar = written ? numbers(written.value, written.at, `${object.name}.kvar`).reduce((a, b) => a + b, 0) : 1200;
    const kv = numberOf(object, 'kv', 12.47);
    return {
      name: object.name,
      bus: at.bus,
      phases: at.phases,
      var: kvar * 1000,
      ratedV: kv * (phases > 1 ? 1000 / Math.sqrt(3) : 1000),
    };
  });
}

interface Nominal {
  readonly w: number;
  readonly var: number;
  /** Vars for each watt, where a shape gives watts outright. */
  readonly tangent: number;
}

/** kW with pf or kvar, whichever came last, or kVA with pf. */
function nominal(object: DssObject, kwOtherwise = 10, pfOtherwise = 0.88): Nominal {
  const pf = numberOf(object, 'pf', pfOtherwise);
  const tangent = tangentOf(pf);
  if (last(object, 'kw', 'kva')?.property === 'kva' && object.className === 'load') {
    const kva = numberOf(object, 'kva', 0);
    return { w: kva * Math.abs(pf) * 1000, var: kva * Math.abs(pf) * 1000 * tangent, tangent };
  }
  const w = numberOf(object, 'kw', kwOtherwise) * 1000;
  if (last(object, 'kvar', 'pf')?.property !== 'kvar') return { w, var: w * tangent, tangent };
  const reactive = numberOf(object, 'kvar', 0) * 1000;
  return { w, var: reactive, tangent: w === 0 ? 0 : reactive / w };
}

/** A negative power factor means vars the other way from watts. */
function tangentOf(pf: number): number {
  const size = Math.min(1, Math.abs(pf));
  return size === 0 ? 0 : Math.sign(pf) * Math.sqrt(1 / size ** 2 - 1);
}

function loadOf(object: DssObject, name: string, power: Nominal, by: number, shapes: UsedShapes, script: Script): Load {
  const phases = integerOf(object, 'phases', 3);
  const connection = textOf(object, 'conn') ?? 'wye';
  const model = integerOf(object, 'model', 1);
  const what = `${object.className} ${object.name}`;
  const kept = object.className === 'load' ? models[model] : 'power';
  if (!kept)
    throw bad(
      object.at,
      `${what} is of model ${model}; only models 1, 2 and 5, constant power, impedance and current, are supported`,
    );
  const pair = phases === 1 ? between(textOf(object, 'bus1') ?? '') : undefined;
  const delta = pair !== undefined || (/^(d|ll)/i.test(connection) && phases > 1);
  if (/^(d|ll)/i.test(connection) && !delta)
    throw bad(object.at, `${what}: a delta load of one phase names the two phases it lies between, as in bus1=x.1.2`);
  if (phases === 2 && delta) throw bad(object.at, `${what}: an open delta is not supported; give a load for each pair`);
  const at = pair ?? terminalOf(object, 'bus1', phases);
  // The kV of a load of one phase is across it, of others from line to line.
  const ratedV = numberOf(object, 'kv', 12.47) * (phases > 1 && !delta ? 1000 / Math.sqrt(3) : 1000);
  const named = last(object, 'daily') ?? last(object, 'yearly') ?? last(object, 'duty');
  const used = named && named.value.toLowerCase() !== 'none' ? shapes.use(named.value, named.at) : undefined;
  const several = new Set(['daily', 'yearly', 'duty'].flatMap(kind => textOf(object, kind)?.toLowerCase() ?? []));
  if (several.size > 1) script.warn(object.at, `${what} has several shapes; ${named?.value ?? ''} is used`);
  // A shape of actual values is in kilowatts, whatever the load says of itself.
  const sign = Math.sign(power.w) || 1;
  const kw = used?.actual ? { w: sign * 1000, var: sign * 1000 * (used.ownVars ? 1 : power.tangent) } : power;
  return {
    name,
    bus: at.bus,
    phases: at.phases,
    baseW: kw.w * by,
    baseVar: kw.var * by,
    ...(used ? { shape: used.name } : {}),
    ...(delta ? { connection: 'delta' } : {}),
    ...(kept === 'power' ? {} : { model: kept, ratedV }),
  };
}
