/** OpenDSS transformers of two windings, and centre-tapped ones of three, as `Transformer`s. */
import { type Phase, type Transformer } from '../network';
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

interface SplitState {
  readonly phases: number;
  readonly windings: readonly Winding[];
  readonly xhl: number;
  readonly xht: number;
  readonly xlt: number;
  readonly noLoad: number;
  readonly magnetising: number;
}

const winding = (): Winding => ({ delta: false, kv: 12.47, kva: 1000, tap: 1, rPercent: 0.2 });

export function transformersOf(script: Script): Transformer[] {
  return asBanks(script.all('transformer').map(object => transformerOf(object, script)));
}

/** Transformers of one phase between the same buses, as regulators are, make one bank: a tap for each phase, the impedance of the first. */
function asBanks(all: readonly Transformer[]): Transformer[] {
  const banks = new Map<string, Transformer>();
  for (const one of all) {
    const key =
      one.connection === 'wye-wye' && one.phases
        ? `${one.from} ${one.to} ${one.primaryKv} ${one.secondaryKv}`.toLowerCase()
        : `transformer ${one.name.toLowerCase()}`;
    const bank = banks.get(key);
    if (!bank) {
      banks.set(key, one);
      continue;
    }
    const { noLoadPercent, magnetisingPercent, ...rest } = bank;
    const taps = [1, 2, 3].map(phase =>
      one.phases?.includes(phase as Phase) ? tapOf(one, phase) : tapOf(bank, phase),
    );
    banks.set(key, {
      ...rest,
      phases: [...(bank.phases ?? []), ...(one.phases ?? [])],
      ratingKva: bank.ratingKva + one.ratingKva,
      tapByPhase: taps as [number, number, number],
      ...(noLoadPercent === undefined ? {} : { noLoadPercent }),
      ...(magnetisingPercent === undefined ? {} : { magnetisingPercent }),
    });
  }
  return [...banks.values()];
}

const tapOf = ({ tap = 1, tapByPhase }: Transformer, phase: number): number => tapByPhase?.[phase - 1] ?? tap;

function transformerOf(object: DssObject, script: Script): Transformer {
  const state = {
    phases: 3,
    windings: [winding(), winding()],
    at: 0,
    xhl: 7,
    xht: 35,
    xlt: 30,
    noLoad: 0,
    magnetising: 0,
  };
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
      const count = integer(value, at, name);
      if (count !== 2 && count !== 3)
        throw bad(
          at,
          `transformer ${object.name} has ${value} windings; only 2, or 3 of a centre-tapped one, are supported`,
        );
      state.windings = Array.from({ length: count }, (_, i) => state.windings[i] ?? winding());
    } else if (property === 'wdg') {
      state.at = integer(value, at, name) - 1;
      if (!state.windings[state.at]) throw bad(at, `${name}: there is no such winding`, value);
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
    else if (property === 'xht' || property === 'x13') state.xht = number(value, at, name);
    else if (property === 'xlt' || property === 'x23') state.xlt = number(value, at, name);
    else if (property === '%noloadloss') state.noLoad = number(value, at, name);
    else if (property === '%imag') state.magnetising = number(value, at, name);
    else if (property === 'leadlag') lead = /^(lead|euro)/i.test(value.trim());
  };
  object.assignments.forEach(take);

  const [high, low] = state.windings as [Winding, Winding];
  const what = `transformer ${object.name}`;
  if (!high.bus || !low.bus) throw bad(object.at, `${what} has a winding without bus`);
  if (state.windings.length === 3) return splitOf(object, state);
  if (low.delta && !high.delta) throw bad(object.at, `${what}: a delta secondary of a wye primary is not supported`);
  const deltas = high.delta && low.delta;
  if (deltas) script.warn(object.at, `${what}, delta-delta, is read as wye-wye: right for what lies between phases`);
  if (high.delta && !deltas && lead)
    throw bad(object.at, `${what}: only delta-wye with the low side lagging is supported`);
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
    connection: high.delta && !deltas ? 'delta-wye' : 'wye-wye',
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

/** One phase to neutral above, and below two halves with the neutral between them: `x.1.0` and `x.0.2`. */
function splitOf(object: DssObject, { magnetising, noLoad, phases, windings, xhl, xht, xlt }: SplitState): Transformer {
  const what = `transformer ${object.name}`;
  const [high, one, two] = windings as [Winding, Winding, Winding];
  const halves = [one, two].map(({ bus }) => (bus?.value ?? '').trim().split('.'));
  const nodes = halves.map(([, ...all]) => all.join('.'));
  const centred = (nodes[0] === '1.0' || nodes[0] === '1') && nodes[1] === '0.2';
  const sameBus = halves[0]?.[0]?.toLowerCase() === halves[1]?.[0]?.toLowerCase();
  if (phases !== 1 || !centred || !sameBus || one.kv !== two.kv || one.tap !== two.tap || windings.some(w => w.delta))
    throw bad(
      object.at,
      `${what}: three windings are read where they are centre-tapped: phases=1, x.1.0 and x.0.2 of equal kV, wye`,
    );
  const from = terminal(high.bus?.value ?? '', 1, high.bus?.at ?? object.at, what);
  // Percent on the kVA of the first winding: the star of three windings.
  const primaryX = (xhl + xht - xlt) / 2;
  const ohms = one.tap ** 2;
  return {
    name: object.name,
    from: from.bus,
    to: halves[0]?.[0] ?? '',
    connection: 'split-phase',
    phases: from.phases,
    primaryKv: high.kv * Math.sqrt(3),
    secondaryKv: 2 * one.kv,
    ratingKva: high.kva,
    xPercent: xhl * ohms,
    rPercent: (high.rPercent + one.rPercent) * ohms,
    halves: {
      primaryR: high.rPercent * ohms,
      primaryX: primaryX * ohms,
      legR: one.rPercent * ohms,
      legX: ((xhl + xlt - xht) / 2) * ohms,
    },
    ...(high.tap === one.tap ? {} : { tap: high.tap / one.tap }),
    ...(noLoad === 0 ? {} : { noLoadPercent: noLoad }),
    ...(magnetising === 0 ? {} : { magnetisingPercent: magnetising }),
  };
}

function isDelta(value: string, at: string, name: string): boolean {
  if (/^(d|ll)/i.test(value.trim())) return true;
  if (/^(w|y|ln)/i.test(value.trim())) return false;
  throw bad(at, `${name}: this connection is not known`, value);
}

function bad2(at: string, name: string, value: string): never {
  throw bad(at, `${name} needs a value for each winding`, value);
}
