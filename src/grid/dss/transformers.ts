/** OpenDSS transformers of two windings as `Transformer`s. */
import { type Transformer } from '../network';
import { terminal } from './reading';
import { type Assignment, type DssObject, type Script } from './script';
import { bad, integer, number, numbers, words } from './values';

interface Winding {
  bus?: { value: string; at: string };
  delta: boolean;
  kv: number;
  kva: number;
  tap: number;
  rPercent: number;
}

const winding = (): Winding => ({ delta: false, kv: 12.47, kva: 1000, tap: 1, rPercent: 0.2 });

export function transformersOf(script: Script): Transformer[] {
  return script.all('transformer').map(object => transformerOf(object, script));
}

function transformerOf(object: DssObject, script: Script): Transformer {
  const state = { phases: 3, windings: [winding(), winding()], at: 0, xhl: 7, noLoad: 0, magnetising: 0 };
  let lead = false;
  const take = ({ at, property, value }: Assignment): void => {
    const name = `${object.name}.${property}`;
    const each = (set: (w: Winding, i: number) => void): void => state.windings.forEach(set);
    const present = state.windings[state.at] as Winding;
    const list = (set: (w: Winding, value: number) => void): void => {
      const values = numbers(value, at, name);
      each((w, i) => set(w, values[i] ?? bad2(at, name, value)));
    };
    if (property === 'xfmrcode') {
      const code = script.find('xfmrcode', value);
      if (!code) throw bad(at, `there is no xfmrcode ${value}`);
      code.assignments.forEach(take);
    } else if (property === 'phases') state.phases = integer(value, at, name);
    else if (property === 'windings') {
      if (integer(value, at, name) !== 2)
        throw bad(at, `transformer ${object.name} has ${value} windings; only 2 are supported`);
    } else if (property === 'wdg') {
      state.at = integer(value, at, name) - 1;
      if (state.at !== 0 && state.at !== 1) throw bad(at, `${name}: only 2 windings are supported`, value);
    } else if (property === 'bus') present.bus = { value, at };
    else if (property === 'conn') present.delta = isDelta(value, at, name);
    else if (property === 'kv') present.kv = number(value, at, name);
    else if (property === 'kva') present.kva = number(value, at, name);
    else if (property === 'tap') present.tap = number(value, at, name);
    else if (property === '%r') present.rPercent = number(value, at, name);
    else if (property === 'buses') {
      const buses = words(value);
      each((w, i) => (w.bus = { value: buses[i] ?? bad2(at, name, value), at }));
    } else if (property === 'conns') {
      const conns = words(value);
      each((w, i) => (w.delta = isDelta(conns[i] ?? 'wye', at, name)));
    } else if (property === 'kvs') list((w, kv) => (w.kv = kv));
    else if (property === 'kvas') list((w, kva) => (w.kva = kva));
    else if (property === 'taps') list((w, tap) => (w.tap = tap));
    else if (property === '%rs') list((w, percent) => (w.rPercent = percent));
    else if (property === '%loadloss') each(w => (w.rPercent = number(value, at, name) / 2));
    else if (property === 'xhl' || property === 'x12') state.xhl = number(value, at, name);
    else if (property === '%noloadloss') state.noLoad = number(value, at, name);
    else if (property === '%imag') state.magnetising = number(value, at, name);
    else if (property === 'leadlag') lead = /^(lead|euro)/i.test(value.trim());
  };
  object.assignments.forEach(take);

  const [high, low] = state.windings as [Winding, Winding];
  const what = `transformer ${object.name}`;
  if (!high.bus || !low.bus) throw bad(object.at, `${what} has a winding without bus`);
  if (low.delta) throw bad(object.at, `${what}: a delta secondary is not supported`);
  if (high.delta && lead) throw bad(object.at, `${what}: only delta-wye with the low side lagging is supported`);
  if (state.phases !== 3 && state.phases !== 1)
    throw bad(object.at, `${what} has ${state.phases} phases; 1 or 3 are supported`);
  if (state.phases === 1 && high.delta) throw bad(object.at, `${what}: one phase between two lines is not supported`);
  const from = terminal(high.bus.value, state.phases, high.bus.at, what);
  const to = terminal(low.bus.value, state.phases, low.bus.at, what);
  const ordered = state.phases === 1 || [from, to].every(({ phases }) => phases.join() === '1,2,3');
  if (from.phases.join() !== to.phases.join() || !ordered)
    throw bad(object.at, `${what}: phases must be the same on both sides, and 1.2.3 where there are three`);
  // A winding of one phase is given in line-to-neutral kV.
  const toLine = state.phases === 1 ? Math.sqrt(3) : 1;
  const ohms = low.tap ** 2;
  return {
    name: object.name,
    from: from.bus,
    to: to.bus,
    connection: high.delta ? 'delta-wye' : 'wye-wye',
    primaryKv: high.kv * toLine,
    secondaryKv: low.kv * toLine,
    ratingKva: high.kva,
    xPercent: state.xhl * ohms,
    rPercent: (high.rPercent + low.rPercent) * ohms,
    ...(state.phases === 1 ? { phases: from.phases } : {}),
    ...(high.tap === low.tap ? {} : { tap: high.tap / low.tap }),
    ...(state.noLoad === 0 ? {} : { noLoadPercent: state.noLoad }),
    ...(state.magnetising === 0 ? {} : { magnetisingPercent: state.magnetising }),
  };
}

function isDelta(value: string, at: string, name: string): boolean {
  if (/^(d|ll)/i.test(value.trim())) return true;
  if (/^(w|y|ln)/i.test(value.trim())) return false;
  throw bad(at, `${name}: this connection is not known`, value);
}

function bad2(at: string, name: string, value: string): never {
  throw bad(at, `${name} needs a value for each of 2 windings`, value);
}
