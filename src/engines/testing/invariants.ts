import { wireWatts } from '../../base/units';
import { type Envelope, type GroupEnvelope, type Snapshot } from '../api';
import { isBelow, roomW } from './snapshots';

/** An envelope, or what the safety net makes of one. */
export interface Limits extends Pick<Envelope, 'device' | 'bound'> {
  readonly importW: ArrayLike<number>;
  readonly exportW: ArrayLike<number>;
}

/** Every rule that an envelope set must keep, checked by code that shares nothing with engines or safety net. Names what is broken. */
export function brokenRules(
  s: Snapshot,
  envelopes: readonly Limits[],
  groups: readonly GroupEnvelope[] = [],
): string[] {
  const found = groups.flatMap(group => brokenGroup(s, group));
  const groupOf = new Map(groups.flatMap(group => group.devices.map(id => [id, group] as const)));
  if (envelopes.length !== s.devices.length) found.push('one envelope per device');
  s.devices.forEach((d, k) => {
    const e = envelopes[k];
    if (!e || e.device !== d.id) return void found.push(`${d.id} is not in its place`);
    for (const way of ['Import', 'Export'] as const) {
      const list = way === 'Import' ? e.importW : e.exportW;
      const max = Math.min(d[`max${way}W`], 2 ** 31 - 1);
      const firm = Math.min(d[`firm${way}W`], max);
      if (list.length !== s.steps || e.bound.length !== s.steps) found.push(`${d.id} has holes`);
      Array.from(list).forEach(w => {
        if (!Number.isInteger(w) || w < 0 || wireWatts(w) !== w) found.push(`${d.id} ${way} ${w} is not for the wire`);
        if (w > max) found.push(`${d.id} ${way} ${w} above ${max}`);
        if (w < wireWatts(firm)) found.push(`${d.id} ${way} ${w} below firm ${firm}`);
      });
    }
  });
  for (const a of s.assets)
    for (const way of ['Import', 'Export'] as const)
      for (const phase of [undefined, 1, 2, 3] as const)
        for (let step = 0; step < s.steps; step++) {
          const sum = (of: (k: number) => number) =>
            s.devices.reduce((total, d, k) => {
              if (!isBelow(s, d.asset, a.id)) return total;
              return total + (of(k) * (phase ? Number(d.phases.includes(phase)) : 1)) / (phase ? d.phases.length : 1);
            }, 0);
          const list = way === 'Import' ? 'importW' : 'exportW';
          const shareOf = (k: number) => {
            const { asset = '', phases = [] } = s.devices[k] ?? {};
            if (!isBelow(s, asset, a.id)) return 0;
            return phase ? Number(phases.includes(phase)) / phases.length : 1;
          };
          let used = sum(k => (groupOf.has(s.devices[k]?.id ?? '') ? 0 : (envelopes[k]?.[list][step] ?? NaN)));
          for (const group of groups) {
            // Whoever weighs most here takes first what the sum allows.
            let left = group[list][step] ?? NaN;
            const members = [...s.devices.keys()].filter(k => group.devices.includes(s.devices[k]?.id ?? ''));
            for (const k of members.sort((x, y) => shareOf(y) - shareOf(x))) {
              const w = Math.min(left, envelopes[k]?.[list][step] ?? NaN);
              used += w * shareOf(k);
              left -= w;
            }
          }
          const firm = sum(k =>
            wireWatts(Math.min(s.devices[k]?.[`firm${way}W`] ?? NaN, s.devices[k]?.[`max${way}W`] ?? NaN)),
          );
          if (!(used <= Math.max(roomW(s, a.id, way, step, phase), firm) + 0.2))
            found.push(`${a.id} ${way} ${phase ?? ''} over`);
        }
  return found;
}

function brokenGroup(s: Snapshot, { aggregator, devices, ...lists }: GroupEnvelope): string[] {
  const members = s.devices.filter(({ id }) => devices.includes(id));
  const alien = members.some(d => d.aggregator !== aggregator) || members.length !== devices.length;
  return (['Import', 'Export'] as const).flatMap(way => {
    const list = lists[way === 'Import' ? 'importW' : 'exportW'];
    const firm = members.reduce((sum, d) => sum + wireWatts(Math.min(d[`firm${way}W`], d[`max${way}W`])), 0);
    return [
      ...(alien ? [`the group of ${aggregator} has others in it`] : []),
      ...(list.length !== s.steps ? [`the group of ${aggregator} has holes`] : []),
      ...(list.some(w => wireWatts(w) !== w || w < wireWatts(firm)) ? [`the group of ${aggregator} below firm`] : []),
    ];
  });
}
