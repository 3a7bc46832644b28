import { event, play, program, type Script } from './testing/script';

/** Everything is read at second 0 and nothing changes, unless the script says so. */
const told = (script: Script, end = 200, options = {}) => play(script, end, options).told;
const spans = (script: Script, end = 200, options = {}) => play(script, end, options).spans;

describe('one event', () => {
  const a = event('A', { start: 10, durationS: 10 });

  it('is received, started at its start and completed at its end, each once', () => {
    const script: Script = [
      [0, [program('P', 5, [a])]],
      [7, [program('P', 5, [a])]],
      [12, [program('P', 5, [{ ...a, status: 1, statusAt: 10 }])]],
    ];
    expect(told(script)).toEqual(['0 received A', '10 started A', '20 completed A']);
    expect(spans(script)).toEqual({ W: ['10-20 A'] });
  });

  it('gives way to the default before and after, whose settings stand all the time', () => {
    const played = play([[0, [program('P', 5, [a], { W: 'd' }, { setGradW: 0 })]]], 40);
    expect(played.spans).toEqual({ W: ['0-10 d*', '10-20 A', '20-40 d*'] });
    expect(played.follower.inForce().settings).toEqual({ setGradW: 0 });
  });

  it('begins late when it was seen late, and ends when it was meant to', () => {
    expect(told([[13, [program('P', 5, [a])]]])).toEqual(['13 received A', '13 started A', '20 completed A']);
  });

  it('that was over when first seen is expired, and not received', () => {
    expect(told([[20, [program('P', 5, [a])]]])).toEqual(['20 expired A']);
  });

  it.each([2, 3, 4, 5])('that was over when first seen with status %d is history: nothing is said', status => {
    expect(told([[30, [program('P', 5, [{ ...a, status }])]]])).toEqual([]);
  });

  it('goes on when it disappears from its list (2018), or is cancelled by that (2023)', () => {
    const script: Script = [
      [0, [program('P', 5, [a])]],
      [12, [program('P', 5, [])]],
    ];
    expect(told(script)).toEqual(['0 received A', '10 started A', '20 completed A']);
    expect(told(script, 200, { edition: 2023 })).toEqual(['0 received A', '10 started A', '12 cancelled A']);
  });

  it('goes on when its list cannot be read, in either edition', () => {
    const script: Script = [
      [0, [program('P', 5, [a])]],
      [12, [program('P', 5)]],
    ];
    expect(told(script, 200, { edition: 2023 })).toEqual(['0 received A', '10 started A', '20 completed A']);
  });

  it('is aborted when the device is no longer assigned to its program', () => {
    const script: Script = [
      [0, [program('P', 5, [a], { W: 'd' }), program('Q', 6, [], { W: 'q' })]],
      [12, [program('Q', 6, [], { W: 'q' })]],
    ];
    expect(told(script)).toEqual(['0 received A', '10 started A', '12 abortedProgram A']);
    expect(spans(script, 30)).toEqual({ W: ['0-10 d*', '10-12 A', '12-30 q*'] });
  });

  it('is followed anew when the device comes back to its program while it is on, and not after', () => {
    const away: Script[number] = [12, [program('Q', 6, [])]];
    const back = (at: number): Script => [[0, [program('P', 5, [a])]], away, [at, [program('P', 5, [a])]]];
    const before = ['0 received A', '10 started A', '12 abortedProgram A'];
    expect(told(back(15))).toEqual([...before, '15 received A', '15 started A', '20 completed A']);
    expect(told(back(20))).toEqual(before);
  });

  it('that moves to another program goes on there', () => {
    const script: Script = [
      [0, [program('P', 5, [a])]],
      [12, [program('Q', 6, [a])]],
    ];
    expect(told(script)).toEqual(['0 received A', '10 started A', '20 completed A']);
  });

  it('whose time is changed against the rules is followed as changed', () => {
    const script: Script = [
      [0, [program('P', 5, [a])]],
      [5, [program('P', 5, [event('A', { start: 15, durationS: 20 })])]],
      [16, [program('P', 5, [event('A', { start: 15, durationS: 5, modes: { W: 'x', Q: 'y' } })])]],
    ];
    expect(told(script)).toEqual(['0 received A', '15 started A', '20 completed A']);
    expect(spans(script)).toEqual({ W: ['15-16 A', '16-20 x'], Q: ['16-20 y'] });
  });

  it('without modes is followed without effect', () => {
    const script: Script = [[0, [program('P', 5, [event('A', { start: 10, durationS: 10, modes: {} })], { W: 'd' })]]];
    expect(told(script)).toEqual(['0 received A', '10 started A', '20 completed A']);
    expect(spans(script, 30)).toEqual({ W: ['0-30 d*'] });
  });

  it('of no duration is over after a second', () => {
    expect(told([[0, [program('P', 5, [event('A', { start: 10, durationS: 0 })])]]])).toEqual([
      '0 received A',
      '10 started A',
      '11 completed A',
    ]);
  });
});

describe('cancellation', () => {
  const a = event('A', { start: 10, durationS: 10 });
  const cancelled = { ...a, status: 2, statusAt: 13 };

  it('stops at once', () => {
    const script: Script = [
      [0, [program('P', 5, [a], { W: 'd' })]],
      [15, [program('P', 5, [cancelled], { W: 'd' })]],
      [17, [program('P', 5, [cancelled], { W: 'd' })]],
    ];
    expect(told(script)).toEqual(['0 received A', '10 started A', '15 cancelled A']);
    expect(spans(script, 30)).toEqual({ W: ['0-10 d*', '10-15 A', '15-30 d*'] });
  });

  it('before the start keeps it from starting; known only as cancelled it is received and cancelled', () => {
    expect(told([[0, [program('P', 5, [a])]], [5, [program('P', 5, [cancelled])]]])).toEqual(['0 received A', '5 cancelled A']); // prettier-ignore
    expect(told([[5, [program('P', 5, [cancelled])]]])).toEqual(['5 received A', '5 cancelled A']);
  });

  it('after the end says nothing', () => {
    expect(told([[0, [program('P', 5, [a])]], [25, [program('P', 5, [cancelled])]]]).at(-1)).toBe('20 completed A'); // prettier-ignore
  });

  it('with randomisation stops somewhere in the spread, and where this device does is its own', () => {
    const spread = event('A', { start: 10, durationS: 1000, randomizeDuration: 60 });
    const script: Script = [
      [0, [program('P', 5, [spread])]],
      [100, [program('P', 5, [{ ...spread, status: 3, statusAt: 100 }])]],
      [110, [program('P', 5, [{ ...spread, status: 3, statusAt: 100 }])]],
    ];
    const stops = Array.from({ length: 40 }, (_, seed) => {
      const line = told(script, 1200, { seed }).at(-1) ?? '';
      expect(line).toMatch(/^\d+ cancelled A$/);
      return parseInt(line, 10);
    });
    expect(Math.min(...stops)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...stops)).toBeLessThan(160);
    expect(new Set(stops).size).toBeGreaterThan(15);
  });

  it('of the winner does not bring back what it superseded', () => {
    const b = event('B', { start: 12, durationS: 4, created: 1 });
    const script: Script = [
      [0, [program('P', 5, [a, b], { W: 'd' })]],
      [14, [program('P', 5, [a, { ...b, status: 2, statusAt: 14 }], { W: 'd' })]],
    ];
    expect(spans(script, 30)).toEqual({ W: ['0-10 d*', '10-12 A', '12-14 B', '14-30 d*'] });
    expect(told(script)).toEqual(['0 received A', '0 received B', '10 started A', '12 started B', '12 superseded A', '14 cancelled B']); // prettier-ignore
  });
});

describe('two events', () => {
  const a = event('A', { start: 10, durationS: 30, created: 1 });

  it.each([
    ['later creation wins at the same primacy', 5, { start: 20, durationS: 10, created: 2 }, ['10-20 A', '20-30 B']],
    ['earlier creation loses at its start', 5, { start: 20, durationS: 40, created: 0 }, ['10-40 A']],
    ['lower primacy wins whatever its creation', 4, { start: 20, durationS: 30, created: 0 }, ['10-20 A', '20-50 B']],
    ['higher primacy loses at its start and never begins', 6, { start: 20, durationS: 60, created: 9 }, ['10-40 A']],
    ['the nested winner ends and the loser does not resume', 4, { start: 15, durationS: 5, created: 0 }, ['10-15 A', '15-20 B']], // prettier-ignore
    ['the same start: only the winner begins', 4, { start: 10, durationS: 5 }, ['10-15 B']],
    ['all equal: the higher mRID wins', 5, { start: 10, durationS: 30, created: 1 }, ['10-40 B']],
    ['one after the other', 6, { start: 40, durationS: 5 }, ['10-40 A', '40-45 B']],
  ])('%s', (_, primacy, words, expected) => {
    const script: Script = [[0, [program('P', 5, [a]), program('Q', primacy, [event('B', words)])]]];
    expect(spans(script)).toEqual({ W: expected });
  });

  it('tell of supersession when it happens, of the loser that never began too', () => {
    const script = (primacy: number): Script => [
      [0, [program('P', 5, [a]), program('Q', primacy, [event('B', { start: 20, durationS: 60 })])]],
    ];
    expect(told(script(4))).toEqual(['0 received B', '0 received A', '10 started A', '20 started B', '20 superseded A', '80 completed B']); // prettier-ignore
    expect(told(script(6))).toEqual(['0 received A', '0 received B', '10 started A', '20 superseded B', '40 completed A']); // prettier-ignore
  });

  it('compete mode by mode: what the newer does not name keeps running', () => {
    const both = event('A', { start: 10, durationS: 30, created: 1, modes: { W: 'aw', V: 'av' } });
    const script: Script = [[0, [program('P', 5, [both, event('B', { start: 20, durationS: 5, created: 2 })])]]];
    expect(spans(script)).toEqual({ W: ['10-20 aw', '20-25 B'], V: ['10-40 av'] });
    expect(told(script)).toContain('40 completed A');
    expect(told(script).filter(line => line.includes('superseded'))).toEqual([]);
  });

  it('a change of primacy decides anew, at once', () => {
    const b = event('B', { start: 10, durationS: 30, modes: { V: 'b', W: 'b' } });
    const script: Script = [
      [0, [program('P', 5, [a]), program('Q', 6, [b])]],
      [12, [program('P', 7, [a]), program('Q', 6, [b])]],
    ];
    expect(spans(script)).toEqual({ W: ['10-40 A'], V: ['10-40 b'] }); // B lost W when both began
    const early: Script = [
      [0, [program('P', 5, [a]), program('Q', 6, [b])]],
      [5, [program('P', 7, [a]), program('Q', 6, [b])]],
    ];
    expect(told(early)).toContain('10 superseded A');
  });
});

describe('what the server calls superseded', () => {
  const a = event('A', { start: 10, durationS: 30 });
  const b = event('B', { start: 20, durationS: 30, created: 5, randomizeStart: 10 });

  it('stops at once', () => {
    const script: Script = [
      [0, [program('P', 5, [a])]],
      [15, [program('P', 5, [{ ...a, status: 4, statusAt: 15 }])]],
    ];
    expect(told(script)).toEqual(['0 received A', '10 started A', '15 superseded A']);
  });

  it('never begins when it had not', () => {
    expect(told([[0, [program('P', 5, [{ ...a, status: 4 }])]]])).toEqual(['0 received A', '0 superseded A']);
  });

  it('holds until the one that takes over begins here, by its randomisation', () => {
    for (let seed = 0; seed < 20; seed++) {
      const script: Script = [
        [0, [program('P', 5, [a, b], { W: 'd' })]],
        [20, [program('P', 5, [{ ...a, status: 4, statusAt: 20 }, b], { W: 'd' })]],
      ];
      const [, first = '', second = ''] = spans(script, 100, { seed })['W'] ?? [];
      expect(first).toMatch(/^10-(2\d|30) A$/);
      expect(second).toMatch(/^(2\d|30)-(5\d|60) B$/);
      expect(first.slice(3, 5)).toBe(second.slice(0, 2));
    }
  });

  it('stops after all when the one that would take over is cancelled', () => {
    const late = { ...b, randomizeStart: 3600 };
    const script: Script = [
      [0, [program('P', 5, [a, late])]],
      [20, [program('P', 5, [{ ...a, status: 4, statusAt: 20 }, late])]],
      [
        21,
        [
          program('P', 5, [
            { ...a, status: 4, statusAt: 20 },
            { ...late, status: 2, statusAt: 21 },
          ]),
        ],
      ],
    ];
    expect(told(script).slice(-2)).toEqual(['21 cancelled B', '21 superseded A']);
  });
});

describe('randomisation', () => {
  it('shifts start and duration once, within the bounds and their sign', () => {
    const starts = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const a = event('A', { start: 100, durationS: 100, randomizeStart: -20, randomizeDuration: 10 });
      const lines = told([[0, [program('P', 5, [a])]], [90, [program('P', 5, [a])]]], 300, { seed }); // prettier-ignore
      const [, started = '', completed = ''] = lines;
      const from = parseInt(started, 10);
      const to = parseInt(completed, 10);
      expect(lines).toEqual(['0 received A', `${from} started A`, `${to} completed A`]);
      expect(from).toBeGreaterThanOrEqual(80);
      expect(from).toBeLessThanOrEqual(100);
      expect(to - from).toBeGreaterThanOrEqual(100);
      expect(to - from).toBeLessThanOrEqual(110);
      starts.add(from);
    }
    expect(starts.size).toBeGreaterThan(12);
  });

  it('of an event seen late delays it by the size of its shift and keeps the end', () => {
    const a = event('A', { start: 100, durationS: 100, randomizeStart: -20, randomizeDuration: 10 });
    for (let seed = 0; seed < 20; seed++) {
      const [, started = '', completed = ''] = told([[150, [program('P', 5, [a])]]], 300, { seed });
      expect(parseInt(started, 10)).toBeGreaterThanOrEqual(150);
      expect(parseInt(started, 10)).toBeLessThanOrEqual(170);
      expect(completed).toBe('200 completed A');
    }
  });

  it('of an event seen too late to begin makes it expired', () => {
    const a = event('A', { start: 100, durationS: 100, randomizeStart: 3600 });
    const outcomes = Array.from({ length: 20 }, (_, seed) =>
      told([[199, [program('P', 5, [a])]]], 300, { seed }).join(),
    );
    expect(outcomes).toContain('199 expired A');
  });

  it('makes neither gap nor overlap between successive events', () => {
    for (let seed = 0; seed < 60; seed++) {
      const a = event('A', { start: 100, durationS: 100, randomizeStart: 40, randomizeDuration: -30 });
      const b = event('B', { start: 200, durationS: 100, randomizeStart: seed % 2 ? 50 : -50 });
      const { W = [] } = spans([[0, [program('P', 5, [a, b])]]], 500, { seed });
      expect(W).toHaveLength(2);
      expect(W[0]?.match(/-(\d+) A/)?.[1]).toBe(W[1]?.match(/^(\d+)-\d+ B/)?.[1]);
      const lines = told([[0, [program('P', 5, [a, b])]]], 500, { seed });
      expect(lines.map(line => line.replace(/^\d+ /, ''))).toEqual(['received A', 'received B', 'started A', 'completed A', 'started B', 'completed B']); // prettier-ignore
    }
  });

  it('never lets a weaker program cut a stronger one short', () => {
    for (let seed = 0; seed < 60; seed++) {
      const strong = event('S', { start: 100, durationS: 100, randomizeDuration: 30 });
      const weak = event('W', { start: 200, durationS: 100, randomizeStart: -50 });
      const { W = [] } = spans([[0, [program('P', 1, [strong]), program('Q', 5, [weak])]]], 500, { seed });
      const end = Number(W[0]?.match(/^100-(\d+) S$/)?.[1]);
      expect(end).toBeGreaterThanOrEqual(200);
      expect(W[1]?.startsWith(`${end}-`)).toBe(true);
    }
  });
});

describe('defaults', () => {
  it('come from the strongest program that names the mode', () => {
    const { spans: got, follower } = play(
      [
        [
          0,
          [
            program('Q', 9, [], { W: 'q', V: 'q' }, { setGradW: 9, setSoftGradW: 9 }),
            program('P', 1, [], { W: 'p' }, { setGradW: 1 }),
            program('R', 0),
          ],
        ],
      ],
      2,
    );
    expect(got).toEqual({ W: ['0-2 p*'], V: ['0-2 q*'] });
    expect(follower.inForce().settings).toEqual({ setGradW: 1, setSoftGradW: 9 });
  });

  it('take effect at once when they change, and set no response off', () => {
    const { spans: got, told: said } = play([[0, [program('P', 1, [], { W: 'p' })]], [5, [program('P', 1, [], { W: 'x' })]]], 10); // prettier-ignore
    expect(got).toEqual({ W: ['0-5 p*', '5-10 x*'] });
    expect(said).toEqual([]);
  });

  it('of false stay false', () => {
    expect(spans([[0, [program('P', 1, [], { opModConnect: false }), program('Q', 2, [], { opModConnect: true })]]], 2)).toEqual({ opModConnect: ['0-2 false*'] }); // prettier-ignore
  });
});

it('a clock that is set back repeats nothing and stops nothing', () => {
  const a = event('A', { start: 10, durationS: 10 });
  const { follower } = play([[0, [program('P', 5, [a])]]], 12);
  expect(follower.advance(5)).toEqual([]);
  expect(follower.inForce().modes['W']?.value).toBe('A');
  expect(follower.update([program('P', 5, [a])], 5)).toEqual([]);
  expect(follower.advance(20).map(t => t.outcome)).toEqual(['completed']);
});

it('does not bring back what was left out of a list once, and forgets it after a day', () => {
  const a = event('A', { start: 10, durationS: 100_000 });
  const b = event('B', { start: 20, durationS: 5, created: 1 });
  const { follower } = play([[0, [program('P', 5, [a, b])]]], 30);
  follower.update([program('P', 5, [])], 40);
  expect(follower.update([program('P', 5, [a])], 41)).toEqual([]);
  expect(follower.scheduleEnd()).toBeUndefined();
  follower.update([program('P', 5, [])], 90_000);
  expect(follower.update([program('P', 5, [a])], 90_001).map(t => t.outcome)).toEqual(['received', 'started']);
});
