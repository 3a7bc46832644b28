/** What holds of any history of publications. One suite: a short share in every test run, a long one in `npm run test:fuzz`. */
import fc from 'fast-check';
import { type EnvelopeControl, byMrid, controlsOf, findControl, inForce, seriesEnd } from '../envelopes/controls';
import { visibleControls } from '../envelopes/window';
import { scheduledEnd } from '../timeline';
import { type Draft, type Published, alignedDrafts, drafts, pen, publishAll } from './history';

const t0 = 1000;
const anyDrafts = fc.oneof(drafts, alignedDrafts);

/** The control in force at t, by what the view says. */
const governing = (controls: readonly EnvelopeControl[], t: number) =>
  controls.filter(c => inForce(c).from <= t && t < inForce(c).to);

/** Where the view and the newest envelope that covers a moment differ; `exempt` says which moments are not compared. */
function differences(list: readonly Draft[], exempt: (later: readonly Published[], t: number) => boolean): unknown[] {
  const { rows, published } = publishAll(list);
  const controls = controlsOf(rows, { pen });
  const found: unknown[] = [];
  for (let t = t0; t < Math.max(t0, ...controls.map(scheduledEnd)); t++) {
    const now = governing(controls, t);
    if (now.length > 1) found.push({ t, now });
    const at = published.findLastIndex(
      p => p.at <= t && p.start <= t && t < p.start + p.draft.stepS * p.draft.levels.length,
    );
    const last = published[at];
    if (!last || exempt(published.slice(at + 1), t)) continue;
    const [importW, exportW] = last.draft.levels[Math.floor((t - last.start) / last.draft.stepS)] ?? [];
    if (now[0]?.importW !== importW || now[0]?.exportW !== exportW) found.push({ t, importW, exportW, now });
  }
  return found;
}

export function envelopeProperties(numRuns = 100): void {
  const check = <T>(shape: fc.Arbitrary<T>, property: (value: T) => void | Promise<void>) =>
    fc.assert(
      fc.asyncProperty(shape, async value => property(value)),
      { numRuns },
    );

  describe('whatever is published, and when', () => {
    it('never has two controls in force at once, and every moment has the limits of the newest envelope for it', () =>
      check(alignedDrafts, list => expect(differences(list, () => false)).toEqual([])));

    it('holds too when steps do not line up, but where a prolonged step had to take the narrower limit', () => {
      const prolonged = (later: readonly Published[], t: number) =>
        later.some(p => p.publication && p.at <= t && p.start <= t);
      return check(drafts, list => expect(differences(list, prolonged)).toEqual([]));
    });

    it('is what a client makes of it that knows only start, end and creationTime', () =>
      check(anyDrafts, list => {
        const controls = controlsOf(publishAll(list).rows, { pen });
        const wins = (a: EnvelopeControl | undefined, b: EnvelopeControl) =>
          !a || b.createdAt > a.createdAt || (b.createdAt === a.createdAt && b.mrid > a.mrid);
        const wrong: number[] = [];
        for (let t = t0; t < Math.max(t0, ...controls.map(scheduledEnd)); t++) {
          let held: EnvelopeControl | undefined;
          for (const c of controls)
            if (c.createdAt <= t && c.start <= t && t < scheduledEnd(c) && wins(held, c)) held = c;
          if (held?.mrid !== governing(controls, t)[0]?.mrid) wrong.push(t);
        }
        expect(wrong).toEqual([]);
      }));

    it('looks the same at any moment when the rows that have ended are left out', () =>
      check(fc.tuple(anyDrafts, fc.nat(200)), ([list, later]) => {
        const now = t0 + later;
        const rows = publishAll(list).rows.filter(row => row.publishedAt <= now);
        const kept = rows.filter(row => seriesEnd(row) > now);
        const seen = (all: typeof rows) => visibleControls(controlsOf(all, { pen }), now, { window: 99, retired: 99 });
        expect(seen(kept)).toEqual(seen(rows));
      }));

    it('never changes what a control is, only when it is superseded, however much is published after it', () =>
      check(anyDrafts, list => {
        const { rows } = publishAll(list);
        for (let n = 1; n <= rows.length; n++) {
          const before = controlsOf(rows.slice(0, n), { pen }).map(({ supersededAt: _, ...facts }) => facts);
          const after = controlsOf(rows, { pen }).map(({ supersededAt: _, ...facts }) => facts);
          expect(after.slice(0, before.length)).toEqual(before);
        }
      }));

    it('gives every control an mRID of its own that leads back to it', () =>
      check(anyDrafts, async list => {
        const { rows, published } = publishAll(list);
        const controls = controlsOf(rows, { pen });
        const log = {
          get: async (id: number) => rows.find(row => row.id === id),
          ofSite: async (site: string, from: number) => rows.filter(r => r.site === site && seriesEnd(r) > from),
        };
        expect(new Set(controls.map(c => c.mrid)).size).toBe(controls.length);
        for (const control of controls) {
          const { supersededAt, ...facts } = control;
          expect(byMrid(control.mrid, id => rows.find(row => row.id === id), { pen })).toEqual(facts);
          expect((await findControl(log, control.mrid, { pen }))?.supersededAt).toBe(supersededAt);
        }
        expect(controls.length).toBe(published.reduce((n, p) => n + (p.publication?.controls ?? 0), 0));
      }));
  });
}
