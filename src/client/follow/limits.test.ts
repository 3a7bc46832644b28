import { programFrom } from './from-wire';
import { type DERControl, type DERProgram } from '../../model/der';
import { seededRandom } from '../../base/random';
import { followEvents } from './follower';
import { limitsAhead, limitsFrom } from './limits';

const program: DERProgram = { mRID: 'ab01', primacy: 3 };

function control(
  mRID: string,
  start: number,
  duration: number,
  base: DERControl['DERControlBase'],
  more: Partial<DERControl> = {},
): DERControl {
  return {
    mRID,
    creationTime: 0,
    EventStatus: { currentStatus: 0, dateTime: 0, potentiallySuperseded: false },
    interval: { start, duration },
    DERControlBase: base,
    ...more,
  };
}

const power = (value: number, multiplier = 0) => ({ multiplier, value });

it('reads import and export limits of CSIP-AUS, and the share of setMaxW of a plain server', () => {
  const at = (base: DERControl['DERControlBase']) =>
    limitsFrom(
      { modes: Object.fromEntries(Object.entries(base).map(([mode, value]) => [mode, { value }])), settings: {} },
      5000,
    );
  expect(at({ opModImpLimW: power(4000, 1), opModExpLimW: power(1500) })).toEqual({
    importW: 40_000,
    exportW: 1500,
    connected: true,
    source: 'default',
  });
  expect(at({ opModMaxLimW: 5000 })).toEqual({ exportW: 2500, connected: true, source: 'default' });
  expect(
    at({ opModMaxLimW: 5000, opModExpLimW: power(1500), opModGenLimW: power(3), opModLoadLimW: power(4) }),
  ).toEqual({
    exportW: 1500,
    generationW: 3,
    loadW: 4,
    connected: true,
    source: 'default',
  });
  expect(at({ opModEnergize: false, opModExpLimW: power(1500) })).toEqual({
    exportW: 0,
    connected: false,
    source: 'default',
  });
  expect(at({ opModConnect: false })).toMatchObject({ exportW: 0, connected: false });
  expect(at({ opModMaxLimWAbsorb: power(2, 3), opModMaxLimWInject: power(700) })).toEqual({
    importW: 2000,
    exportW: 700,
    connected: true,
    source: 'default',
  });
  expect(at({ opModMaxLimW: 1000, opModMaxLimWInject: power(700) })).toMatchObject({ exportW: 500 });
  expect(at({ opModExpLimW: power(-5) })).toMatchObject({ exportW: 0 });
  expect(at({})).toEqual({ connected: true, source: 'none' });
});

it('sees the limits ahead: events, the default between them, neighbours that are equal as one', () => {
  const follower = followEvents({ random: seededRandom(1) });
  const limits = (watts: number) => ({ opModImpLimW: power(watts), opModExpLimW: power(watts) });
  const standing = { mRID: '01', DERControlBase: limits(1000), setGradW: 27 };
  const controls = [
    control('A1', 100, 50, limits(3000)),
    control('A2', 150, 50, limits(3000)),
    control('A3', 200, 50, limits(2000)),
    control('A4', 300, 50, { opModImpLimW: power(7) }),
  ];
  follower.update([programFrom(program, standing, controls)], 20);
  const found = limitsAhead(follower, 20, 0).map(({ from, to, importW, exportW, source }) => [
    from,
    to,
    importW,
    exportW,
    source,
  ]);
  expect(found).toEqual([
    [20, 100, 1000, 1000, 'default'],
    [100, 200, 3000, 3000, 'event'],
    [200, 250, 2000, 2000, 'event'],
    [250, 300, 1000, 1000, 'default'],
    [300, 350, 7, 1000, 'event'],
    [350, undefined, 1000, 1000, 'default'],
  ]);
  expect(limitsAhead(follower, 20, 0, 1)).toHaveLength(1);
  expect(follower.next()).toBe(100); // looking ahead moved nothing
  expect(follower.inForce().settings).toEqual({ setGradW: 27 });
});

it('takes from the wire what following needs: upper-case names, bits, bounds, and only controls meant for this device', () => {
  const controls = [
    control(
      'aa',
      1,
      2,
      { opModConnect: false, rampTms: 100 },
      { responseRequired: '03', replyTo: '/r', randomizeStart: 9999, randomizeDuration: -9999 },
    ),
    control('bb', 1, 2, {}, { deviceCategory: '00200000' }),
    control('cc', 1, 2, {}, { deviceCategory: '01000000' }),
  ];
  const { key, controls: taken = [] } = programFrom(program, undefined, controls, 1 << 24);
  expect(key).toBe('AB01');
  expect(taken.map(event => event.mrid)).toEqual(['AA', 'CC']);
  expect(taken[0]).toMatchObject({
    modes: { opModConnect: false },
    rampTms: 100,
    replyTo: '/r',
    responseRequired: 3,
    randomizeStart: 3600,
    randomizeDuration: -3600,
  });
  expect(programFrom(program, undefined, undefined)).toEqual({ key: 'AB01', primacy: 3 });
});
