import fc from 'fast-check';
import { ManualClock, ScaledClock, SteadyClock, until } from './clock';

describe('ManualClock', () => {
  it('runs what falls due in order of time, then of registration', () => {
    const clock = new ManualClock(100);
    const seen: string[] = [];
    clock.at(105, () => seen.push(`b@${clock.now()}`));
    clock.at(103, () => seen.push(`a@${clock.now()}`));
    clock.at(105, () => seen.push(`c@${clock.now()}`));
    clock.advance(4);
    expect(seen).toEqual(['a@103']);
    clock.advance(10);
    expect(seen).toEqual(['a@103', 'b@105', 'c@105']);
    expect(clock.now()).toBe(114);
  });

  it('runs what a callback schedules when it is due too, and nothing that was cancelled', () => {
    const clock = new ManualClock(0);
    const seen: number[] = [];
    const every = () => {
      seen.push(clock.now());
      clock.at(clock.now() + 10, every);
    };
    clock.at(10, every);
    const cancel = clock.at(15, () => seen.push(-1));
    cancel();
    clock.advance(35);
    expect(seen).toEqual([10, 20, 30]);
  });

  it('never runs anything before its time, whatever is scheduled', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.array(fc.nat(50), { minLength: 1 }), (times, steps) => {
        const clock = new ManualClock(0);
        const early: number[] = [];
        let ran = 0;
        for (const t of times) clock.at(t, () => (ran++, clock.now() < t && early.push(t)));
        for (const step of steps) clock.advance(step);
        const now = clock.now();
        expect(early).toEqual([]);
        expect(ran).toBe(times.filter(t => t <= now).length);
      }),
    );
  });

  it('lets a waiting promise go at its moment, or with the reason of an abort', async () => {
    const clock = new ManualClock(0);
    const stop = new AbortController();
    const reached = until(clock, 5);
    const cut = until(clock, 50, stop.signal);
    clock.advance(5);
    await reached;
    stop.abort(new Error('stopped'));
    await expect(cut).rejects.toThrow('stopped');
  });
});

describe('ScaledClock', () => {
  it('is shared by those who agree on its three numbers', () => {
    const clock = new ScaledClock(1_000_000, 60);
    const { startMs, speed, wallStartMs } = clock.share();
    const other = new ScaledClock(startMs, speed, wallStartMs);
    expect(Math.abs(other.nowMs() - clock.nowMs())).toBeLessThan(60 * 1000);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(1_000_000);
  });

  it('refuses to stand still or run backwards', () => {
    expect(() => new ScaledClock(0, 0)).toThrow('speed');
  });
});

describe('SteadyClock', () => {
  it('keeps its moments when the wall is set back or forward', async () => {
    const clock = new SteadyClock();
    const passed = until(clock, clock.nowMs() / 1000 + 0.02);
    const began = clock.nowMs();
    const wall = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    await passed;
    expect(clock.nowMs() - began).toBeGreaterThanOrEqual(19);
    wall.mockReturnValue(Date.now() + 7_200_000);
    expect(clock.nowMs() - began).toBeLessThan(3_600_000);
    wall.mockRestore();
  });
});
