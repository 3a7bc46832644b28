import { type Series } from '../../store/api';
import { statusAt } from '../timeline';
import { envelopeProperties } from '../testing/envelope-properties';
import { pen, seriesOf } from '../testing/history';
import { type EnvelopeControl, boundAt, byMrid, controlsOf, liveControls, packBounds } from './controls';
import { ownSteps } from './publication';

jest.setTimeout(60_000); // many runs each, on machines with other work too

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

envelopeProperties();

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
