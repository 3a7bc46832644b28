/**
 * What every engine must do, whoever wrote it: one suite, run against each engine of the table and each example. Pass a
 * loader, and the names of what runs; `describe` and `it` come from Jest.
 */
import fc from 'fast-check';
import { nextTurn } from '../../base/turn';
import { wireWatts } from '../../base/units';
import { type Engine, type Envelope, type Proposal, type Snapshot, envelopesOf, groupsIn, noticesOf } from '../api';
import { joinStretches, joinedNotices, stretchOf } from '../steps-apart';
import { brokenRules } from './invariants';
import { asset, device, flow, frozen, snapshot, snapshots } from './snapshots';

const never = () => new AbortController().signal;

export function engineContract(name: string, make: () => Engine, numRuns = 40): void {
  describe(`engine ${name} keeps the contract`, () => {
    const engine = make();
    const run = async (s: Snapshot): Promise<readonly Envelope[]> => envelopesOf(await engine.compute(s, never()));
    const check = (shape: fc.Arbitrary<Snapshot>, property: (s: Snapshot) => Promise<void>) =>
      fc.assert(fc.asyncProperty(shape, property), { numRuns });

    it('says its name and the version of the seam', () => {
      expect(engine.api).toBe(1);
      expect(engine.name).toMatch(/^[\w.-]{1,40}$/);
    });

    it('answers for every device once, every step, within firm and rating, in whole watts rounded down to the wire', () =>
      check(snapshots({ firm: 'any' }), async s => {
        const envelopes = await run(s);
        expect(envelopes.map(e => e.device).sort()).toEqual(s.devices.map(d => d.id).sort());
        expect(brokenRules({ ...s, assets: [] }, inOrder(s, envelopes))).toEqual([]);
      }));

    if (engine.guards !== 'sites')
      it('keeps every asset and phase within its headroom whenever firm fits', () =>
        check(snapshots({ firm: 'fits' }), async s => {
          const proposal = await engine.compute(s, never());
          const groups = groupsIn(proposal);
          if (engine.guards !== 'groups') expect(groups).toEqual([]);
          expect(brokenRules(s, inOrder(s, envelopesOf(proposal)), groups)).toEqual([]);
        }));

    it('names what bound each limit', () =>
      check(snapshots(), async s => {
        for (const { bound } of await run(s))
          for (const by of bound)
            expect([by.import, by.export].every(text => text.length > 0 && text.length <= 120)).toBe(true);
      }));

    it('gives the same answer to the same snapshot, from a fresh engine too', () =>
      check(snapshots({ firm: 'any' }), async s => {
        const first = JSON.stringify(await engine.compute(s, never()));
        expect(JSON.stringify(await engine.compute(s, never()))).toBe(first);
        expect(JSON.stringify(await make().compute(structuredClone(s), never()))).toBe(first);
      }));

    if (engine.stepsApart)
      it('says of each step alone what it says of the whole, whatever time it is and whatever was measured', () =>
        check(snapshots({ firm: 'any' }), async s => {
          const whole = await engine.compute(s, never());
          const parts: Proposal[] = [];
          for (let first = 0; first < s.steps; first++) {
            const { devices, ...one } = stretchOf(s, { first, steps: 1 });
            const unseen = devices.map(({ telemetry, ...rest }) => (void telemetry, rest));
            parts.push(await engine.compute({ ...one, now: s.now + 7777, devices: unseen }, never()));
          }
          const joined = joinStretches(parts);
          expect(envelopesOf(joined)).toEqual(envelopesOf(whole));
          expect(groupsIn(joined)).toEqual(groupsIn(whole));
          expect(noticesOf(joined)).toEqual(joinedNotices(noticesOf(whole)));
        }));

    it('does not take room away when there is more', () =>
      check(snapshots({ firm: 'fits' }), async s => {
        const more = {
          ...s,
          assets: s.assets.map(a => ({ ...a, ratingVA: a.ratingVA * 1.3, phaseRatingVA: a.phaseRatingVA * 1.3 })),
        };
        const [before, after] = [inOrder(s, await run(s)), inOrder(s, await run(more))];
        for (const way of ['importW', 'exportW'] as const)
          for (let step = 0; step < s.steps; step++) {
            const [old, now] = [before, after].map(list => list.map(e => e[way][step] ?? 0)) as [number[], number[]];
            if (engine.moreRoom === 'least') {
              const worstOff = (limits: number[]) => Math.min(...limits.map((w, k) => shareAboveFirm(s, way, k, w)));
              const dust = Math.max(...old.map((w, k) => (1 + w / 3000) / (s.devices[k]?.weight ?? 1)), 0);
              expect(worstOff(now)).toBeGreaterThanOrEqual(worstOff(old) - dust);
            } else now.forEach((w, k) => expect(w).toBeGreaterThanOrEqual((old[k] ?? 0) - 1 - w / 3000));
          }
      }));

    it('copes with telemetry that is stale, missing or absurd', async () => {
      const odd = [undefined, { at: 0, netW: 1e12 }, { at: 2e9, netW: -1e12 }];
      const devices = odd.map((telemetry, i) => device(`d${i}`, 'T', { ...(telemetry && { telemetry }) }));
      const s = frozen(snapshot([asset('T', 30_000)], devices));
      expect(brokenRules(engine.guards === 'sites' ? { ...s, assets: [] } : s, inOrder(s, await run(s)))).toEqual([]);
    });

    it('gives nothing beyond firm where the forecast is missing', async () => {
      if (engine.guards === 'sites') return;
      const blind = asset('T', 30_000, { passive: flow([]) });
      const s = frozen(snapshot([blind], [device('a', 'T', { firmImportW: 1000 })]));
      const [envelope] = await run(s);
      expect(envelope?.importW).toEqual([1000]);
      expect(envelope?.exportW).toEqual([0]);
    });

    it('answers a network without devices with nothing', async () => {
      expect(await run(frozen(snapshot([asset('T', 1000)], [])))).toEqual([]);
    });

    it('stops when it is told to, and does not answer afterwards', async () => {
      const stopped = AbortSignal.abort(new Error('enough'));
      const s = frozen(snapshot([asset('T', 30_000)], [device('a', 'T')]));
      await expect((async () => engine.compute(s, stopped))()).rejects.toThrow('enough');
    });

    it('stops on the way too, if it ever lets anyone else have a turn', async () => {
      const stop = new AbortController();
      const steps = 400;
      const passive = flow(new Array<number>(steps).fill(0));
      const work = engine.compute(
        frozen(snapshot([asset('T', 30_000, { passive })], [device('a', 'T')], { steps })),
        stop.signal,
      );
      nextTurn(() => stop.abort(new Error('enough now')));
      if (work instanceof Promise) await expect(work).rejects.toThrow('enough now');
      else expect(envelopesOf(work)).toHaveLength(1); // it never waits: only a worker thread can stop it
    });

    it('changes nothing of the snapshot and survives the way to a worker thread', () =>
      check(snapshots({ firm: 'any' }), async s => {
        const before = JSON.stringify(s);
        const proposal = await engine.compute(structuredClone(s), never());
        expect(JSON.stringify(s)).toBe(before);
        expect(structuredClone(proposal)).toEqual(proposal);
        for (const notice of noticesOf(proposal)) expect(notice.text).not.toBe('');
      }));
  });
}

function inOrder(s: Snapshot, envelopes: readonly Envelope[]): Envelope[] {
  const by = new Map(envelopes.map(e => [e.device, e]));
  return s.devices.flatMap(d => by.get(d.id) ?? []);
}

/** What a device has above firm per unit of weight; one at its rating wants no more and is never the worst off. */
function shareAboveFirm(s: Snapshot, way: 'importW' | 'exportW', k: number, w: number): number {
  const d = s.devices[k];
  if (!d) return Infinity;
  const [firm, max] = way === 'importW' ? [d.firmImportW, d.maxImportW] : [d.firmExportW, d.maxExportW];
  return w >= wireWatts(max) ? Infinity : (w - firm) / d.weight;
}
