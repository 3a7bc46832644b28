import { Judge } from './judge';

/** Feeds seconds of [net, import limit, natural power]; export is limited to 1,000 W. */
function judged(seconds: readonly (readonly [number, number, number])[]): Judge {
  const judge = new Judge();
  seconds.forEach(([net, limit, natural], now) => judge.step(now, net, limit, 1000, natural));
  return judge;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('judge', () => {
  it('leaves alone what is inside by the tolerance: 4 % of the limit, 100 W at least', () => {
    expect(judged(times(60, [5190, 5000, 0])).outsideS).toBe(0);
    // The first limit is a step like any other.
    expect(judged(times(60, [5210, 5000, 0])).outsideS).toBe(30);
    expect(judged(times(60, [1095, 1000, 0])).outsideS).toBe(0);
    expect(judged(times(60, [-1095, 1000, 0])).outsideS).toBe(0);
    expect(judged(times(60, [-1105, 1000, 0])).outsideS).toBe(30);
  });

  it('gives 30 s after a load step, and not a second more', () => {
    const calm = times(20, [4000, 5000, 1000] as const);
    const over = (seconds: number) => [
      ...calm,
      ...times(seconds, [7000, 5000, 4000] as const),
      ...times(20, [4000, 5000, 4000] as const),
    ];
    expect(judged(over(25)).outsideS).toBe(0);
    expect(judged(over(25)).overshootW).toBe(2000);
    expect(judged(over(25)).longestS).toBeGreaterThan(20);
    const long = judged(over(60)).outsideS;
    expect(long).toBeGreaterThan(28);
    expect(long).toBeLessThan(36);
  });

  it('gives no time to an excursion without a cause', () => {
    const calm = times(40, [4000, 5000, 1000] as const);
    const drifted = [...calm, ...times(10, [6000, 5000, 1000] as const)];
    expect(judged(drifted).outsideS).toBe(7); // the mean passes 5,200 W in the fourth second
  });

  it('does not let a load that steps all the time excuse an excursion for ever', () => {
    const restless = Array.from({ length: 300 }, (_, i) => [6000, 5000, i % 4 < 2 ? 1000 : 3000] as const);
    expect(judged([...times(20, [4000, 5000, 1000] as const), ...restless]).outsideS).toBeGreaterThan(260);
  });

  it('gives 30 s after a tighter limit, none after a wider one', () => {
    const wide = times(20, [4900, 5000, 0] as const);
    expect(judged([...wide, ...times(30, [4900, 2000, 0] as const)]).outsideS).toBe(0);
    expect(judged([...wide, ...times(40, [4900, 2000, 0] as const)]).outsideS).toBe(10);
    const back = [...times(31, [4900, 2000, 0] as const), ...times(10, [4900, 3000, 0] as const)];
    expect(judged(back).outsideS).toBeGreaterThanOrEqual(10);
  });

  it('counts inadvertent exports by their length', () => {
    const judge = judged([
      ...times(10, [0, 5000, 0] as const),
      ...times(2, [-3000, 5000, 0] as const),
      ...times(10, [0, 5000, 0] as const),
      ...times(30, [-3000, 5000, 0] as const),
      ...times(10, [0, 5000, 0] as const),
      ...times(90, [-3000, 5000, 0] as const),
      ...times(10, [0, 5000, 0] as const),
    ]);
    expect([judge.shortExports, judge.longExports]).toEqual([1, 1]);
  });

  it('adds up energy above the limit and starts each minute anew', () => {
    const judge = judged(times(60, [6000, 5000, 0]));
    expect(judge.overshootWh).toBeCloseTo(1000 / 60, 6);
    judge.take();
    expect([judge.outsideS, judge.judgedS, judge.overshootW]).toEqual([0, 0, 0]);
  });
});
