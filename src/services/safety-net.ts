/**
 * The safety net under every engine. It takes whatever an engine answered and gives limits that keep every rule, one entry per
 * device and step, no matter what: at least firm, at most the rating, whole watts that the wire can carry, and no asset or
 * phase over its headroom unless firm alone exceeds it. It walks the asset tree by itself and trusts no part of the answer.
 */
import { wireWatts } from '../base/units';
import { type Device, type Notice, type Snapshot } from '../engines/api';
import { type Direction, allPhases, assetName, directions, headroomW } from '../engines/headroom-formula';
import { type BoundBy } from './envelopes/controls';
import { type Members, type SafeGroup, readGroups, withinCaps } from './group-net';
import { type NetEvent, type Note, Tally } from './net-rules';
import { type Reader, readProposal } from './proposal-reader';

/** Limits of one device after the net; whole watts, one entry per step. */
export interface SafeEnvelope {
  readonly device: string;
  readonly importW: Int32Array;
  readonly exportW: Int32Array;
  readonly bound: readonly BoundBy[];
  /** Why nothing of the engine's answer for this device could be used. */
  readonly fallback?: 'missing' | 'duplicate' | 'steps' | 'engine';
}

export interface NetResult {
  /** One for each device of the snapshot, in its order. */
  readonly envelopes: readonly SafeEnvelope[];
  /** Limits for sums, beside them: the envelopes are safe as long as these are kept too. */
  readonly groups: readonly SafeGroup[];
  readonly events: readonly NetEvent[];
  /** Assets whose firm limits alone exceed their headroom, and devices that the engine gave less than firm. */
  readonly shortfalls: readonly Notice[];
}

/** More than a float's dust over an asset's headroom counts as overload, W. */
export const overloadToleranceW = 0.1;

/**
 * Checks and narrows. `proposal` may be anything at all; undefined means there is none, and every device gets firm. `members` remembers who
 * is in a group over the stretches of one run.
 */
export function safetyNet(snapshot: Snapshot, proposal: unknown, members: Members = new Map()): NetResult {
  const tally = new Tally();
  const read = readProposal(snapshot, proposal, tally.note);
  const drafts = snapshot.devices.map(device => draftOf(device, snapshot.steps, read(device.id), tally.note));
  const groups = readGroups(snapshot, proposal, tally.note, members);
  const gates = gatesOf(snapshot, groups);
  const shortfalls = [
    ...directions.flatMap(direction => unload(snapshot, gates, { drafts, direction, note: tally.note })),
    ...directions.flatMap(direction => drafts.flatMap(draft => belowFirm(snapshot, draft, direction))),
  ];
  const envelopes = drafts.map(({ device, import: i, export: e, fallback }) => ({
    device: device.id,
    importW: i.limitW,
    exportW: e.limitW,
    bound: i.bound.map((text, step) => ({ import: text, export: e.bound[step] ?? '' })),
    ...(fallback && { fallback }),
  }));
  return { envelopes, groups: withinCaps(groups, envelopes), events: tally.events(), shortfalls };
}

/** Firm limits of every device, for when there is no proposal. */
export const firmEnvelopes = (snapshot: Snapshot): readonly SafeEnvelope[] => safetyNet(snapshot, undefined).envelopes;

interface Side {
  readonly firmW: number;
  readonly limitW: Int32Array;
  readonly bound: string[];
  /** Where the engine could not give firm: how much was missing at worst, and the first and last step. */
  readonly short?: Short;
}
interface Short {
  readonly shortW: number;
  readonly first: number;
  readonly last: number;
}
interface Draft {
  readonly device: Device;
  readonly import: Side;
  readonly export: Side;
  readonly fallback?: SafeEnvelope['fallback'];
}

function draftOf(device: Device, steps: number, read: ReturnType<Reader>, note: Note): Draft {
  const of = (direction: Direction): Side => {
    const isImport = direction === 'import';
    const maxW = whole(isImport ? device.maxImportW : device.maxExportW);
    const firmW = Math.min(whole(isImport ? device.firmImportW : device.firmExportW), maxW);
    const limitW = new Int32Array(steps).fill(firmW);
    const bound = new Array<string>(steps).fill('firm');
    let short: Short | undefined;
    if ('fallback' in read) return { firmW, limitW, bound };
    for (let step = 0; step < steps; step++) {
      const w = read.limit(direction, step);
      const at = `${device.id}, step ${step}, ${direction}`;
      if (typeof w !== 'number' || !Number.isFinite(w)) note('not-a-number', at);
      else if (w < 0) note('negative', at);
      else if (whole(w) > maxW) {
        note('rating', at);
        limitW[step] = maxW;
        bound[step] = 'site rating';
      } else if (w + 1e-6 < firmW) {
        note('below-firm', at);
        short = { shortW: Math.max(short?.shortW ?? 0, firmW - w), first: short?.first ?? step, last: step };
      } else {
        limitW[step] = Math.max(firmW, whole(w));
        bound[step] = read.bound(direction, step);
      }
    }
    return { firmW, limitW, bound, ...(short && { short }) };
  };
  const sides = { device, import: of('import'), export: of('export') };
  return 'fallback' in read ? { ...sides, fallback: read.fallback } : sides;
}

/** One asset, or one phase of it, with the devices below it and the share of their power that flows through it. */
interface Gate {
  readonly name: string;
  readonly asset: Snapshot['assets'][number];
  readonly phase?: (typeof allPhases)[number];
  readonly devices: number[];
  readonly shares: number[];
  /**
   * Groups of which it carries all sites, and the same share of each: for them the sum counts. Where it carries only some, these are held by
   * their caps alone, for what one of them draws another may feed in elsewhere.
   */
  readonly sums: { readonly group: SafeGroup; readonly share: number; readonly at: readonly number[] }[];
}

interface Unloading {
  readonly drafts: readonly Draft[];
  readonly direction: Direction;
  readonly note: Note;
}

/** Scales what is above firm until every gate holds. Scaling only lowers, so a gate that holds goes on holding. */
function unload(snapshot: Snapshot, gates: readonly Gate[], { direction, drafts, note }: Unloading): Notice[] {
  const short: Notice[] = [];
  for (const gate of gates) {
    const sides = gate.devices.map(k => (drafts[k] as Draft)[direction]);
    const firmW = sides.reduce((sum, side, i) => sum + side.firmW * (gate.shares[i] ?? 0), 0);
    let worst = { shortW: 0, first: 0, last: 0 };
    for (let step = 0; step < snapshot.steps; step++) {
      const roomW = headroomW(gate.asset, direction, step, gate.phase);
      let sumW = 0;
      for (let i = 0; i < sides.length; i++) sumW += ((sides[i] as Side).limitW[step] ?? 0) * (gate.shares[i] ?? 0);
      const mostW = sumW - savedBySums(gate, sides, direction, step);
      const shortW = firmW - roomW;
      if (shortW > 1) {
        const first = worst.shortW > 0 ? worst.first : step;
        worst = { shortW: Math.max(worst.shortW, shortW), first, last: step };
      }
      if (mostW <= roomW + overloadToleranceW || sumW <= firmW) continue;
      note('overload', `${gate.name}, step ${step}, ${direction}, by ${Math.ceil(mostW - Math.max(roomW, firmW))} W`);
      // Caps are lowered until they hold without any sum.
      const keep = Math.max(0, (roomW - firmW) / (sumW - firmW));
      for (const side of sides) {
        const extraW = (side.limitW[step] ?? 0) - side.firmW;
        if (extraW <= 0) continue;
        side.limitW[step] = Math.max(side.firmW, whole(side.firmW + extraW * keep));
        side.bound[step] = `safety net, ${gate.name}`;
      }
    }
    if (worst.shortW > 0) short.push(shortfallOf(snapshot, gate, direction, worst));
  }
  return short;
}

/** What sums keep off a gate that its caps would let through, W. */
function savedBySums({ sums }: Gate, sides: readonly Side[], direction: Direction, step: number): number {
  let savedW = 0;
  for (const { at, group, share } of sums) {
    const capsW = at.reduce((sum, i) => sum + (sides[i]?.limitW[step] ?? 0), 0);
    savedW += share * Math.max(0, capsW - (group[direction === 'import' ? 'importW' : 'exportW'][step] ?? 0));
  }
  return savedW;
}

function belowFirm({ start, stepS }: Snapshot, draft: Draft, direction: Direction): Notice[] {
  const { firmW, short } = draft[direction];
  if (!short || short.shortW < 1) return [];
  const { id } = draft.device;
  const shortW = Math.ceil(short.shortW);
  const text = `the engine could not give site ${id} its firm ${direction} limit of ${firmW} W, by up to ${shortW} W; it is kept`;
  const when = { from: start + short.first * stepS, to: start + (short.last + 1) * stepS };
  return [{ code: 'firm-shortfall', text, device: id, direction, ...when, shortW }];
}

function shortfallOf(
  { start, stepS }: Snapshot,
  { asset, name }: Gate,
  direction: Direction,
  { shortW, first, last }: { shortW: number; first: number; last: number },
): Notice {
  const watts = Math.ceil(shortW);
  const text = `firm ${direction} limits below ${name} exceed its room by up to ${watts} W; they are kept`;
  const when = { from: start + first * stepS, to: start + (last + 1) * stepS };
  return { code: 'firm-shortfall', text, asset: asset.id, direction, ...when, shortW: watts };
}

/** Walks up from every device. A device whose asset is unknown, or whose parents go in a circle, ends the walk there. */
function gatesOf(snapshot: Snapshot, groups: readonly SafeGroup[]): Gate[] {
  const assets = new Map(snapshot.assets.map(asset => [asset.id, asset]));
  const gates = new Map<string, Gate[]>();
  for (const asset of snapshot.assets)
    gates.set(
      asset.id,
      [undefined, ...allPhases].map(phase => ({
        name: assetName(asset, phase),
        asset,
        ...(phase && { phase }),
        devices: [],
        shares: [],
        sums: [],
      })),
    );
  for (const [k, device] of snapshot.devices.entries()) {
    const seen = new Set<string>();
    for (let at = assets.get(device.asset); at && !seen.has(at.id); at = assets.get(at.parent ?? '')) {
      seen.add(at.id);
      for (const gate of gates.get(at.id) ?? []) {
        const share = gate.phase === undefined ? 1 : device.phases.includes(gate.phase) ? 1 / device.phases.length : 0;
        if (share === 0) continue;
        gate.devices.push(k);
        gate.shares.push(share);
      }
    }
  }
  const found = [...gates.values()].flat().filter(gate => gate.devices.length > 0);
  const places = new Map(snapshot.devices.map(({ id }, k) => [id, k]));
  for (const group of groups) {
    const own = new Set(group.devices.map(id => places.get(id)));
    for (const { devices, shares, sums } of found) {
      const at = [...devices.keys()].filter(i => own.has(devices[i]));
      const share = shares[at[0] ?? -1];
      if (share !== undefined && at.length === own.size && at.every(i => shares[i] === share))
        sums.push({ group, share, at });
    }
  }
  return found;
}

const maxInt32 = 2 ** 31 - 1; // what a row of the store can hold; 2.1 GW

/** Watts as a row and the wire can both carry them: whole, rounded down, 0 or above. */
function whole(w: number): number {
  return Number.isNaN(w) ? 0 : wireWatts(Math.max(0, Math.min(w, maxInt32)));
}
