/**
 * Plans that touch every part of a store and can be audited afterwards. Each lane writes step 1, 2, 3 …; step n is one plan,
 * so that what must be there after step n is known exactly and half a plan shows.
 */
import { type Plan, type Store } from '../api';
import { doc, key, note, reading, series } from './samples';

/** Steps that a lane keeps; older entries are dropped with all below them. */
const kept = 10;
const readingsInStep = 3;

export const counter = (lane: number) => `~lane/${lane}`;
const entryHref = (lane: number, step: number) => `/ledger/${lane}-${step}`;
const meter = (lane: number) => `/meter/${lane}`;
/** Its sets are each replaced by the step `setsKept` later. */
const inSets = (lane: number) => `/sets/${lane}`;
const setsKept = 4;
/** Its readings are thinned out by the step after theirs, all but the last. */
const thinned = (lane: number) => `/thinned/${lane}`;

/** Step `step` of `lane`; it conflicts unless step - 1 was the last one. */
export function stepOf(lane: number, step: number): Plan {
  const at = entryHref(lane, step);
  const list = '/ledger';
  const sortKey = String(step).padStart(9, '0');
  const keys = [key('lfdi', `${lane}-${step}`, true), key('program', `lane ${lane}`)];
  return {
    expect: { [counter(lane)]: step - 1, [at]: 0 },
    put: [
      doc(counter(lane), { body: step, changed: step }),
      doc(at, { list, sortKey, keys, changed: step, body: { lane, step, padding: 'x'.repeat((step * 37) % 3000) } }),
      doc(`${at}/a`, { list: at, sortKey: 'a', body: step }),
      doc(`${at}/b`, { list: at, sortKey: 'b', body: step }),
    ],
    dropTree: step > kept ? [entryHref(lane, step - kept)] : [],
    series: [series(`${lane}`, { publishedAt: step, importW: Int32Array.of(step, 0, step) })],
    readings: [
      ...Array.from({ length: readingsInStep }, (_, i) =>
        reading(meter(lane), step * readingsInStep + i, { set: `set ${step % 7}`, value: step }),
      ),
      ...[0, 1].map(i => reading(thinned(lane), 2 * step + i, { value: step })),
      ...[0, 1].map(i => reading(inSets(lane), 2 * step + i, { set: `${step % setsKept}`, value: step })),
    ],
    sets: [{ meter: inSets(lane), set: `${step % setsKept}`, start: step, durationS: 2, version: step }],
    thin: [{ meter: thinned(lane), before: 2 * step - 1, stepS: 16, most: 5 }],
    enqueue: [note(`${lane}-${step}`, step)],
    settle: [`${lane}-${step - 1}`],
  };
}

/** The last step of a lane that the store holds. */
export async function lastStep(store: Store, lane: number): Promise<number> {
  return (await store.get<number>(counter(lane)))?.body ?? 0;
}

/** What is wrong with the ledger, given the steps that were acknowledged for each lane; empty when nothing is. */
export async function audit(store: Store, acknowledged: readonly number[]): Promise<string[]> {
  const faults: string[] = [];
  const check = (what: string, got: unknown, want: unknown) => {
    const [g, w] = [JSON.stringify(got), JSON.stringify(want)];
    if (g !== w) faults.push(`${what}: ${g}, want ${w}`);
  };
  let entries = 0;
  let waiting = 0;
  for (const [lane, promised] of acknowledged.entries()) {
    const last = await lastStep(store, lane);
    // One more than was acknowledged may be there: the kill can fall between COMMIT and the word of it.
    if (last < promised || last > promised + 1) faults.push(`lane ${lane} stands at ${last}, ${promised} acknowledged`);
    if (last === 0) continue;
    check(`lane ${lane} version`, (await store.get(counter(lane)))?.version, last);
    for (let step = Math.max(1, last - kept - 1); step <= last + 1; step++) {
      const there = step > last - kept && step <= last;
      const at = entryHref(lane, step);
      const bodies = (await store.many([at, `${at}/a`, `${at}/b`])).map(d => d.body);
      const whole = [{ lane, step, padding: 'x'.repeat((step * 37) % 3000) }, step, step];
      check(`${at} documents`, bodies, there ? whole : []);
      check(`${at} key`, (await store.find('lfdi', `${lane}-${step}`)).length, there ? 1 : 0);
      check(`${at} list`, await store.count(at), there ? 2 : 0);
    }
    entries += Math.min(last, kept);
    waiting += 1;
    check(`lane ${lane} entries`, (await store.find('program', `lane ${lane}`)).length, Math.min(last, kept));
    const rows = await store.series.ofSite(`${lane}`, 0);
    check(`lane ${lane} series`, [rows.length, rows.at(-1)?.importW[0]], [last, last]);
    const readings = await store.readings.page(meter(lane), { start: 0, limit: Infinity });
    check(`lane ${lane} readings`, [readings.all, readings.rows.length], Array(2).fill(last * readingsInStep));
    check(`lane ${lane} last reading`, readings.rows[0]?.value, last);
    const sets = await store.readings.sets(inSets(lane), { start: 0, limit: Infinity });
    const steps = Array.from({ length: Math.min(last, setsKept) }, (_, i) => last - i);
    check(
      `lane ${lane} sets`,
      sets.sets.map(({ set, version, readings: n }) => [set, version, n]),
      steps.map(step => [`${step % setsKept}`, step, 2]),
    );
    const read = await store.readings.page(inSets(lane), { start: 0, limit: Infinity });
    const values = read.rows.map(row => row.value);
    check(`lane ${lane} sets' readings`, [sets.all, ...values], [steps.length, ...steps.flatMap(step => [step, step])]);
    const left = await store.readings.page(thinned(lane), { start: 0, limit: Infinity });
    const coarse = await store.readings.coarse(thinned(lane), 0, Infinity);
    const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
    check(
      `lane ${lane} thinned readings`,
      [
        left.all + sum(coarse.map(row => row.n)),
        sum([...left.rows.map(row => row.value ?? NaN), ...coarse.map(row => row.sum)]),
      ],
      [2 * last, last * (last + 1)],
    );
    const due = (await store.outbox.due(1e9, 1e6)).filter(({ id }) => id.startsWith(`${lane}-`));
    check(
      `lane ${lane} notes`,
      due.map(({ id }) => id),
      [`${lane}-${last}`],
    );
  }
  check('entries', await store.count('/ledger'), entries);
  check('notes', await store.outbox.waiting(), waiting);
  return faults;
}
