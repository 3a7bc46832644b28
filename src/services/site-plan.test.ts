import fc from 'fast-check';
import { type Series } from '../store/api';
import { type EnvelopeControl, controlsOf, inForce } from './envelopes/controls';
import { type Order, orderedW, overAt } from './orders/order';
import { type Registered } from './products/version';
import { type ReasonCode, reasons } from './reasons';
import { type SiteAsk, type SitePlan, type Turn, planSite } from './site-plan';

const pen = 4711;
const stepS = 10;
const steps = 12;
const t0 = 1000;
const site = '7';
const registered: Registered = { maxImportW: 9000, maxExportW: 5000, firmImportW: 2000, firmExportW: 1000 };
const free: Turn = { lowerFor: () => 'forecast', raises: true };

const order = (more: Partial<Order> = {}): Order => ({
  id: 'R14-1',
  origin: 'operator',
  target: { kind: 'site', id: site },
  ask: { kind: 'each', importW: 1000 },
  reason: 'emergency',
  belowFirm: true,
  start: t0,
  releaseS: 0,
  createdAt: t0,
  createdBy: 'key test',
  limits: { [site]: { importW: 1000 } },
  ...more,
});

/** One site and what was published to it. */
function house(terms: Registered = registered) {
  const rows: Series[] = [];
  const state = { orders: [] as readonly Order[], now: t0 };
  const plan = (more: Partial<SiteAsk> = {}): SitePlan => {
    const made = planSite({
      site,
      pen,
      now: state.now,
      rows,
      termsAt: () => terms,
      orders: state.orders,
      stepS,
      horizonS: steps * stepS,
      ...more,
    });
    for (const row of made.rows) rows.push({ ...row, id: rows.length + 1 });
    return made;
  };
  const product = (levels: readonly (readonly [number, number])[], turn: Turn = free, start = state.now) => ({
    envelope: {
      start,
      stepS,
      importW: levels.map(([w]) => w),
      exportW: levels.map(([, w]) => w),
      bound: levels.map(() => ({ import: 'transformer T1', export: 'transformer T1' })),
    },
    origin: { engine: 'test', inputsHash: '' },
    turn,
  });
  let known: { rows: number; controls: EnvelopeControl[] } = { rows: 0, controls: [] };
  const controls = () => {
    if (known.rows !== rows.length) known = { rows: rows.length, controls: controlsOf(rows, { pen }) };
    return known.controls;
  };
  const inForceAt = (t: number): EnvelopeControl | undefined => {
    const found = controls().filter(c => inForce(c).from <= t && t < inForce(c).to);
    expect(found.length).toBeLessThanOrEqual(1);
    return found[0];
  };
  return { rows, state, plan, product, controls, at: inForceAt };
}
const flat = (importW: number, exportW = 3000) => Array.from({ length: steps }, () => [importW, exportW] as const);

describe('an order', () => {
  it('lies over what is agreed for its time, and what was agreed comes back by itself after it', () => {
    const h = house();
    h.plan({ product: h.product(flat(6000)) });
    h.state.now = t0 + 5;
    h.state.orders = [order({ start: t0 + 20, end: t0 + 40 })];
    const made = h.plan();
    expect(made.reductions).toEqual([
      { reason: 'emergency', order: 'R14-1', from: t0 + 20, noticeS: 15, worstW: 5000, wh: (5000 * 20) / 3600 },
    ]);
    expect([15, 20, 39, 40, 100].map(s => h.at(t0 + s)?.importW)).toEqual([6000, 1000, 1000, 6000, 6000]);
    expect(h.at(t0 + 20)?.bound).toEqual({ import: 'order R14-1 (emergency)', export: 'transformer T1' });
    expect(h.at(t0 + 40)?.bound.import).toBe('transformer T1');
    expect(h.plan().rows).toEqual([]);
  });

  it('that ends early gives back what was agreed, also what an engine gave meanwhile', () => {
    const h = house();
    h.plan({ product: h.product(flat(6000)) });
    h.state.orders = [order()];
    h.plan();
    expect(h.at(t0 + 100)?.importW).toBe(1000);
    const noted = h.plan({ product: h.product(flat(7000)) });
    expect([noted.controls, noted.rows.length]).toEqual([0, 1]);
    expect(h.at(t0 + 100)?.importW).toBe(1000);
    h.state.now = t0 + 30;
    h.state.orders = [];
    expect(h.plan().reductions).toEqual([]);
    expect([29, 30, 100].map(s => h.at(t0 + s)?.importW)).toEqual([1000, 7000, 7000]);
  });

  it('comes back in stages', () => {
    const h = house();
    h.plan({ product: h.product(flat(7000)) });
    h.state.orders = [order({ releasedAt: t0 + 30, releaseS: 30 })];
    const seen = [0, 30, 40, 50, 60].map(s => {
      h.state.now = t0 + s;
      h.plan();
      return h.at(t0 + s)?.importW;
    });
    expect(seen).toEqual([1000, 1000, 3000, 5000, 7000]);
  });

  it('stops at firm where its reason or the one who gave it does not allow less', () => {
    for (const [reason, belowFirm, importW] of [
      ['emergency', false, 2000],
      ['correction', true, 2000],
      ['emergency', true, 1000],
    ] as const) {
      const h = house();
      h.plan({ product: h.product(flat(6000)) });
      h.state.orders = [order({ reason, belowFirm })];
      h.plan();
      expect(h.at(t0)?.importW).toBe(importW);
    }
  });

  it('reaches a site that has no envelope, where it goes below firm, and only there', () => {
    const h = house();
    h.state.orders = [order({ belowFirm: false, limits: { [site]: { importW: 1500 } } })];
    expect(h.plan().rows).toEqual([]);
    h.state.orders = [order({ end: t0 + 30 })];
    h.plan();
    expect([0, 29, 30].map(s => h.at(t0 + s)?.importW)).toEqual([1000, 1000, undefined]);
    expect(h.at(t0)?.exportW).toBe(1000);
  });
});

describe('what was published', () => {
  it('is not lowered without a reason, and told so', () => {
    const h = house();
    h.plan({ product: h.product(flat(6000)) });
    const refused = h.plan({ product: h.product(flat(4000), { lowerFor: () => undefined, raises: true }) });
    expect([refused.rows, refused.refused]).toEqual([[], steps]);
    const lowered = h.plan({ product: h.product(flat(4000), { lowerFor: () => 'maintenance', raises: true }) });
    expect(lowered.reductions).toMatchObject([{ reason: 'maintenance', worstW: 2000, noticeS: 0 }]);
    expect(h.at(t0)?.importW).toBe(4000);
  });

  it('is raised only where the turn allows it, and changed only from its effective moment on', () => {
    const h = house();
    h.plan({ product: h.product(flat(4000)) });
    expect(h.plan({ product: h.product(flat(6000), { ...free, raises: false }) }).rows).toEqual([]);
    h.plan({ product: h.product(flat(6000), { ...free, from: t0 + 50 }) });
    expect([0, 49, 50, 119].map(s => h.at(t0 + s)?.importW)).toEqual([4000, 4000, 6000, 6000]);
    // The control that began before goes on until then.
    expect(h.at(t0)?.start).toBe(t0);
  });

  it('waits out the notice of the contract, but for reasons that cannot wait', () => {
    const lowered = (reason: ReasonCode) => {
      const h = house();
      h.plan({ product: h.product(flat(6000)) });
      h.plan({ noticeS: 30, product: h.product(flat(3000), { lowerFor: () => reason, raises: true }) });
      return [0, 20, 30].map(s => h.at(t0 + s)?.importW);
    };
    expect(lowered('maintenance')).toEqual([6000, 6000, 3000]);
    expect(lowered('emergency')).toEqual([3000, 3000, 3000]);
  });

  it('comes in pieces where a contract wants short controls, and the next run leaves them alone', () => {
    const h = house();
    h.plan({ product: h.product(flat(6000)), pieceS: 40 });
    expect(h.controls().map(({ durationS, start }) => [start - t0, durationS])).toEqual([
      [0, 40],
      [40, 40],
      [80, 40],
    ]);
    h.state.now = t0 + 10;
    const again = h.plan({ product: h.product(flat(6000)), pieceS: 40 });
    expect(again.controls).toBe(1); // the step that came new
    const long = house();
    long.plan({ product: long.product(flat(6000)) });
    long.plan({ product: long.product(flat(6000)), pieceS: 40 });
    expect(long.controls().filter(c => c.supersededAt === undefined)).toHaveLength(3);
  });
});

const level = fc.nat(4).map(n => n * 2500);
const levels = fc.array(fc.tuple(level, level), { minLength: steps, maxLength: steps });
const codes = Object.keys(reasons) as ReasonCode[];
const orders: fc.Arbitrary<Order> = fc
  .record({
    startS: fc.integer({ min: -20, max: 120 }),
    lengthS: fc.option(fc.integer({ min: 1, max: 100 })),
    releaseS: fc.constantFrom(0, 30, 60),
    limit: fc.record({ importW: level, exportW: level }, { requiredKeys: [] }),
    reason: fc.constantFrom(...codes),
    belowFirm: fc.boolean(),
    id: fc.constantFrom('a', 'b', 'c'),
  })
  .map(({ belowFirm, id, lengthS, limit, reason, releaseS, startS }) =>
    order({
      id,
      reason,
      belowFirm,
      releaseS,
      start: t0 + startS,
      limits: { [site]: limit },
      ...(lengthS !== null && { end: t0 + startS + lengthS }),
    }),
  );
const happenings = fc.array(
  fc.record({
    afterSteps: fc.nat(3),
    what: fc.oneof(
      levels.map(given => ({ kind: 'product' as const, given })),
      fc.array(orders, { maxLength: 3 }).map(given => ({ kind: 'orders' as const, given })),
      fc.constant({ kind: 'again' as const }),
    ),
  }),
  { minLength: 1, maxLength: 8 },
);
const field = { import: 'importW', export: 'exportW' } as const;

/** What was agreed, second by second, as the newest product says; kept apart from the rows. */
function play(list: readonly (typeof happenings extends fc.Arbitrary<(infer H)[]> ? H : never)[]) {
  const h = house();
  const agreed = new Map<number, readonly [number, number]>();
  for (const { afterSteps, what } of list) {
    h.state.now += afterSteps * stepS;
    if (what.kind === 'orders') h.state.orders = what.given;
    if (what.kind === 'product') {
      h.plan({ product: h.product(what.given) });
      for (const [i, [importW, exportW]] of what.given.entries())
        for (const s of [0, 7])
          agreed.set(h.state.now + i * stepS + s, [
            Math.max(registered.firmImportW, Math.min(importW, registered.maxImportW)),
            Math.max(registered.firmExportW, Math.min(exportW, registered.maxExportW)),
          ]);
    } else h.plan();
  }
  return { ...h, agreed };
}

/** The orders that touch the step in which a moment lies; steps are counted from t0. */
const touching = (
  all: readonly Order[],
  t: number,
  { direction, now, otherwiseW }: { direction: 'import' | 'export'; now: number; otherwiseW: number },
) => {
  const from = t0 + Math.floor((t - t0) / stepS) * stepS;
  return all.flatMap(each => {
    const w = orderedW(each, site, direction, { from, to: from + stepS, now, otherwiseW });
    return w === undefined || overAt(each) <= now ? [] : [{ w, may: each.belowFirm && reasons[each.reason].belowFirm }];
  });
};

describe('whatever happens', () => {
  it('a limit is never above the least of all parts, and never below firm unless an order with a reason permits it', () => {
    fc.assert(
      fc.property(happenings, list => {
        const { agreed, at, state } = play(list);
        for (const [t, limits] of agreed) {
          const held = t >= state.now ? at(t) : undefined;
          if (!held) continue;
          for (const [i, direction] of (['import', 'export'] as const).entries()) {
            const firmW = direction === 'import' ? registered.firmImportW : registered.firmExportW;
            const parts = touching(state.orders, t, { direction, now: state.now, otherwiseW: limits[i] ?? 0 });
            const w = held[field[direction]];
            const least = Math.min(limits[i] ?? 0, ...parts.map(part => (part.may ? part.w : Math.max(part.w, firmW))));
            expect(w).toBe(least);
            if (w < firmW) expect(parts.some(part => part.may && part.w <= w)).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('every moment of what was agreed has a control, unless firm is agreed or less is ordered', () => {
    fc.assert(
      fc.property(happenings, list => {
        const { agreed, at, state } = play(list);
        for (const t of agreed.keys()) if (t >= state.now) expect(at(t)).toBeDefined();
      }),
      { numRuns: 100 },
    );
  });

  it('says the same again when asked again', () => {
    fc.assert(
      fc.property(happenings, list => expect(play(list).plan().rows).toEqual([])),
      { numRuns: 100 },
    );
  });

  it('gives a client that knows only start, end and creationTime the same limits', () => {
    fc.assert(
      fc.property(happenings, list => {
        const { controls, at, state } = play(list);
        const all = controls();
        const wins = (a: EnvelopeControl | undefined, b: EnvelopeControl) =>
          !a || b.createdAt > a.createdAt || (b.createdAt === a.createdAt && b.mrid > a.mrid);
        for (let t = state.now; t < state.now + 150; t += 3) {
          let held: EnvelopeControl | undefined;
          for (const c of all) if (c.start <= t && t < c.start + c.durationS && wins(held, c)) held = c;
          expect(held?.mrid).toBe(at(t)?.mrid);
        }
      }),
      { numRuns: 100 },
    );
  });
});
