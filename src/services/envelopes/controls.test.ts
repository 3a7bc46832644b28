import fc from 'fast-check';
import { type Series } from '../../store/api';
import { scheduledEnd, statusAt } from '../timeline';
import { type Draft, type Published, alignedDrafts, drafts, pen, publishAll, seriesOf } from '../testing/history';
import {
  type EnvelopeControl,
  boundAt,
  byMrid,
  controlsOf,
  findControl,
  inForce,
  liveControls,
  packBounds,
  seriesEnd,
} from './controls';
import { ownSteps } from './publication';
import { visibleControls } from './window';

const by = { import: 'transformer T1', export: 'site rating' };
const t0 = 1000;

/** Publishes hourly-style limits of 10-second steps and returns all rows so far. */
function publish(rows: Series[], at: number, start: number, imports: number[]): Series[] {
  const live = liveControls(controlsOf(rows, { pen }), at);
  const next = { start, stepS: 10, importW: imports, exportW: imports.map(() => 500), bound: imports.map(() => by) };
  const publication = ownSteps(live, next, at);
  return publication ? [...rows, seriesOf(publication, rows.length + 1, at)] : rows;
}
const brief = (c: EnvelopeControl) => [c.series, c.start, c.durationS, c.importW, c.supersededAt];

describe('a publication, step by step', () => {
  const first = publish([], t0, t0, [1000, 1000, 2000, 2000, 3000]);

  it('merges equal neighbours', () => {
    expect(controlsOf(first, { pen }).map(brief)).toEqual([
      [1, 1000, 20, 1000, undefined],
      [1, 1020, 20, 2000, undefined],
      [1, 1040, 10, 3000, undefined],
    ]);
    expect(controlsOf(first, { pen })[0]).toMatchObject({ bound: by, createdAt: t0, site: '7', engine: 'test' });
  });

  it('that says the same publishes nothing', () => {
    expect(publish(first, 1005, 1000, [1000, 1000, 2000, 2000, 3000])).toBe(first);
    expect(publish(first, 1010, 1010, [1000, 2000, 2000])).toBe(first);
  });

  it('that goes on longer adds only the new steps', () => {
    const rows = publish(first, 1010, 1010, [1000, 2000, 2000, 3000, 3000, 4000]);
    expect(controlsOf(rows, { pen }).slice(3).map(brief)).toEqual([
      [2, 1050, 10, 3000, undefined],
      [2, 1060, 10, 4000, undefined],
    ]);
  });

  it('supersedes a changed control whole, at the start of the step that changes it, never before its own', () => {
    const rows = publish(first, 1012, 1010, [900, 2000, 1500, 3000]);
    expect(controlsOf(rows, { pen }).map(brief)).toEqual([
      [1, 1000, 20, 1000, 1012], // in force: at once, for the step is under way
      [1, 1020, 20, 2000, 1020], // to come: at its own start
      [1, 1040, 10, 3000, undefined],
      [2, 1010, 10, 900, undefined],
      [2, 1020, 10, 2000, undefined],
      [2, 1030, 10, 1500, undefined],
    ]);
  });

  it('announced ahead leaves the old control in force until the new one starts', () => {
    const rows = publish(publish([], t0, t0, [1000, 1000, 1000, 1000]), 1005, 1020, [700, 700]);
    const [old, next] = controlsOf(rows, { pen });
    expect(old?.supersededAt).toBe(1020);
    expect(next?.start).toBe(1020);
    if (old) expect([1019, 1020].map(now => statusAt(old, now).currentStatus)).toEqual([1, 4]);
  });

  it('that is too short goes on with the limits that were in force', () => {
    const rows = publish(publish([], t0, t0, [1000, 1000, 1000, 1000]), 1010, 1010, [700]);
    expect(controlsOf(rows, { pen }).map(brief)).toEqual([
      [1, 1000, 40, 1000, 1010],
      [2, 1010, 10, 700, undefined],
      [2, 1020, 20, 1000, undefined],
    ]);
  });

  it('leaves later controls alone when it ends before them', () => {
    const rows = publish(first, 1005, 1000, [800, 800]);
    expect(
      controlsOf(rows, { pen })
        .filter(c => c.supersededAt)
        .map(c => c.step),
    ).toEqual([0]);
  });
});

/** The control in force at t, by what the view says. */
const governing = (controls: readonly EnvelopeControl[], t: number) =>
  controls.filter(c => inForce(c).from <= t && t < inForce(c).to);

describe('whatever is published, and when', () => {
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

  it('never has two controls in force at once, and every moment has the limits of the newest envelope for it', () => {
    fc.assert(fc.property(alignedDrafts, list => expect(differences(list, () => false)).toEqual([])));
  });

  it('holds too when steps do not line up, but where a prolonged step had to take the narrower limit', () => {
    const prolonged = (later: readonly Published[], t: number) =>
      later.some(p => p.publication && p.at <= t && p.start <= t);
    fc.assert(fc.property(drafts, list => expect(differences(list, prolonged)).toEqual([])));
  });

  it('is what a client makes of it that knows only start, end and creationTime', () => {
    fc.assert(
      fc.property(fc.oneof(drafts, alignedDrafts), list => {
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
      }),
    );
  });

  it('looks the same at any moment when the rows that have ended are left out', () => {
    fc.assert(
      fc.property(fc.oneof(drafts, alignedDrafts), fc.nat(200), (list, later) => {
        const now = t0 + later;
        const rows = publishAll(list).rows.filter(row => row.publishedAt <= now);
        const whole = visibleControls(controlsOf(rows, { pen }), now);
        const kept = rows.filter(row => seriesEnd(row) > now);
        expect(visibleControls(controlsOf(kept, { pen }), now)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it('gives every control an mRID of its own that leads back to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(drafts, alignedDrafts), async list => {
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
      }),
    );
  });
});

it('knows no control by a step that is not the first of a run, another enterprise or an unknown row', () => {
  const rows = publish([], t0, t0, [1000, 1000]);
  const [control] = controlsOf(rows, { pen });
  const get = (id: number) => rows.find(row => row.id === id);
  const mrid = control?.mrid ?? '';
  expect(byMrid(mrid, get, { pen })?.importW).toBe(1000);
  expect(byMrid(mrid, get, { pen: 1 })).toBeUndefined();
  expect(byMrid(mrid.replace('000000' + '00004711', '000001' + '00004711'), get, { pen })).toBeUndefined();
  expect(byMrid(mrid, () => undefined, { pen })).toBeUndefined();
});

describe('what bound a step', () => {
  it('survives packing', () => {
    const bounds = [by, { import: 'firm', export: 'firm' }, by];
    const row = packBounds(bounds);
    expect(bounds.map((_, step) => boundAt(row, step))).toEqual(bounds);
    expect(row.reasons).toHaveLength(2);
  });
  it('says several where there are more reasons than a byte can tell', () => {
    const bounds = Array.from({ length: 400 }, (_, i) => ({ import: `line ${i}`, export: 'x' }));
    const row = packBounds(bounds);
    expect(row.reasons).toHaveLength(256);
    expect(boundAt(row, 254)).toEqual(bounds[254]);
    expect(boundAt(row, 399)).toEqual({ import: 'several', export: 'several' });
  });
});
