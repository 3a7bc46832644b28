/** OpenDSS loads, generators and PV systems as `Load`s of constant power; what generates has negative watts. */
import { type Load } from '../network';
import { integerOf, last, numberOf, terminalOf, textOf } from './reading';
import { type DssObject, type Script } from './script';
import { type UsedShapes } from './shapes';
import { bad, number } from './values';

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
  if (/^(d|ll)/i.test(connection))
    throw bad(object.at, `${what}: a delta connection is not supported; share it out to phases`);
  if (object.className === 'load' && model !== 1)
    throw bad(object.at, `${what} is of model ${model}; only model 1, constant power, is supported`);
  const at = terminalOf(object, 'bus1', phases);
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
  };
}
