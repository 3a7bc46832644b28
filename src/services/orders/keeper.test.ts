import { ManualClock } from '../../base/clock';
import { keptLog } from '../../base/log';
import { tasks as newTasks } from '../../base/tasks';
import { orderKeeper } from './keeper';
import { type Order, nextStage, orderedW, shareReleased, stateOf } from './order';
import { judge, thermalRules, type WatchState } from './watch';

const t0 = 10_000;
const order = (more: Partial<Order> = {}): Order => ({
  id: 'A',
  origin: 'operator',
  target: { kind: 'site', id: '1' },
  ask: { kind: 'each', importW: 1000 },
  reason: 'emergency',
  belowFirm: false,
  start: t0,
  releaseS: 600,
  createdAt: t0,
  createdBy: 'x',
  limits: { '1': { importW: 1000 } },
  ...more,
});

describe('the time of an order', () => {
  it('is told by facts and clock', () => {
    const one = order({ start: t0 + 10, end: t0 + 100 });
    expect([0, 10, 99, 100, 699, 700].map(s => stateOf(one, t0 + s))).toEqual([
      'scheduled',
      'active',
      'active',
      'releasing',
      'releasing',
      'over',
    ]);
    expect([99, 100, 299, 300, 500, 700].map(s => shareReleased(one, t0 + s))).toEqual([0, 0, 0, 1 / 3, 2 / 3, 1]);
    expect([0, 100, 300, 500, 699, 700].map(s => nextStage(one, t0 + s))).toEqual(
      [100, 300, 500, 700, 700, undefined].map(s => s && t0 + s),
    );
    expect(stateOf(order({ cancelledAt: t0 + 5 }), t0 + 5)).toBe('cancelled');
    expect(nextStage(order(), t0)).toBeUndefined();
    expect(stateOf(order({ releaseS: 0, end: t0 + 5 }), t0 + 5)).toBe('over');
  });

  it('covers what it touches, and never gives more than there would be without it', () => {
    const one = order({ end: t0 + 100, releaseS: 0 });
    const at = (from: number, to: number, otherwiseW = 4000) =>
      orderedW(one, '1', 'import', { from: t0 + from, to: t0 + to, now: t0, otherwiseW });
    expect([at(-10, 0), at(-10, 1), at(99, 120), at(100, 120)]).toEqual([undefined, 1000, 1000, undefined]);
    expect(orderedW(one, '2', 'import', { from: t0, to: t0 + 1, now: t0, otherwiseW: 9 })).toBeUndefined();
    const back = order({ releasedAt: t0 });
    expect(orderedW(back, '1', 'import', { from: t0, to: t0 + 900, now: t0 + 200, otherwiseW: 4000 })).toBe(2000);
  });
});

describe('the keeper', () => {
  function house(list: Order[]) {
    const clock = new ManualClock(t0);
    const failed: unknown[] = [];
    const work = newTasks(error => failed.push(error));
    const told: [number, readonly string[]][] = [];
    const log = keptLog();
    const state = { broken: false };
    const keeper = orderKeeper({
      clock,
      tasks: work,
      log,
      orders: async () => list,
      tell: async sites => {
        if (state.broken) throw new Error('the store is busy');
        told.push([clock.now() - t0, sites]);
      },
      layAside: async () => {
        for (const one of [...list]) if (stateOf(one, clock.now()) === 'over') list.splice(list.indexOf(one), 1);
      },
    });
    const advance = async (s: number) => {
      for (let i = 0; i < s; i += 50) {
        clock.advance(50);
        await work.settled();
      }
    };
    return { advance, clock, keeper, list, log, state, told, work };
  }

  it('tells sites at each stage, and no more when all is over', async () => {
    const h = house([order({ end: t0 + 100 })]);
    await h.work.settled();
    await h.advance(1000);
    expect(h.told.map(([at]) => at)).toEqual([100, 300, 500, 700]);
    expect(h.list).toEqual([]);
  });

  it('does not miss a stage that came before it heard of the order, and goes on after a fault', async () => {
    const h = house([]);
    await h.work.settled();
    h.list.push(order({ releasedAt: t0 }));
    h.keeper.changed();
    h.clock.advance(250);
    await h.work.settled();
    expect(h.told.map(([at]) => at)).toEqual([250]);
    h.state.broken = true;
    await h.advance(200);
    h.state.broken = false;
    expect(h.log.lines.map(({ level }) => level)).toContain('error');
    await h.advance(50); // the stage of 400 is told as soon as it can be
    expect(h.told.map(([at]) => at)).toEqual([250, 500]);
    await h.advance(350);
    expect(h.told.at(-1)?.[0]).toBe(600);
    await h.keeper.stop();
  });
});

it('a watch reduces at once and lets go only when it was clear for long enough', () => {
  let state: WatchState = {};
  const tell = (at: number, value: number) => {
    const judged = judge(state, { at, value, limit: 100 }, thermalRules);
    ({ state } = judged);
    if (judged.verdict.act === 'reduce') state = { ...state, order: 'A' };
    return judged.verdict;
  };
  expect(tell(0, 99)).toEqual({ act: 'wait' });
  expect(tell(10, 110)).toEqual({ act: 'reduce', by: 12 });
  expect(tell(5, 110)).toEqual({ act: 'ignore' });
  expect([20, 200, 300].map(at => tell(at, 90).act)).toEqual(['wait', 'wait', 'wait']);
  expect(tell(310, 98).act).toBe('wait'); // not clear enough: it begins anew
  expect([320, 619].map(at => tell(at, 90).act)).toEqual(['wait', 'wait']);
  expect(tell(620, 90)).toEqual({ act: 'release' });
  expect(tell(1000, 90)).toEqual({ act: 'wait' });
});
