/** Controls that operators issue, as clients see them. */
import {
  addControl,
  addControls,
  addCurve,
  addProgram,
  cancelControl,
  changeControl,
  removeProgram,
  setDefault,
} from '../functions/operator/programs';
import { changeCurve, curvesOf, removeCurve } from '../functions/operator/curves';
import { defaultOf, removeDefault } from '../functions/operator/defaults';
import { controlAt, controlsOf, pastControlsOf } from '../functions/operator/control-states';
import { inForceAt } from '../functions/operator/in-force';
import { changeSite } from '../functions/operator/sites';
import { type DialectId } from '../model/dialect';
import { attributeOf, devicePort, pen, siteA, siteB, t0, textOf } from './testing/port';

type Port = ReturnType<typeof devicePort>;
const deps = ({ store, clock, ids }: Port) => ({ store, clock, ids, pen });
const all = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text);

async function opened(dialect?: DialectId) {
  const port = devicePort(dialect ? { dialect } : {});
  await port.add(siteA, siteB);
  const { derp } = await addProgram(deps(port), { description: 'P', primacy: 5, sites: ['1'] });
  const list = async () => (await port.ask(`/derp/${derp}/derc?l=255`)).body;
  const issue = (start: number, durationS: number, more: object = {}) =>
    addControl(deps(port), derp, { start: t0 + start, durationS, base: { opModMaxLimW: 5000 }, ...more });
  return { port, derp, list, issue };
}

const watt = (value: number) => ({ multiplier: 0, value });
const voltVar = {
  curveType: 11,
  yRefType: 2,
  xMultiplier: -2,
  yMultiplier: -2,
  CurveData: [{ xvalue: 9200, yvalue: 3000 }],
};

it('every mode goes to those whose edition has it, in its words', async () => {
  const { port, derp, list } = await opened();
  const curve = await addCurve(deps(port), derp, voltVar);
  const base = {
    opModConnect: true,
    opModEnergize: true,
    opModFixedPFAbsorbW: { displacement: 900, excitation: true, multiplier: -3 },
    opModFixedPFInjectW: { displacement: 950, excitation: false, multiplier: -3 },
    opModFixedVar: { refType: 2, value: 100 },
    opModFixedW: -500,
    opModFreqDroop: { dBOF: 36, dBUF: 36, kOF: 50, kUF: 50, openLoopTms: 500 },
    opModMaxLimW: 5000,
    opModMaxLimWInject: watt(4000),
    opModTargetVar: watt(100),
    opModTargetW: watt(2000),
    opModVoltVar: { href: curve.href },
    rampTms: 100,
    opModImpLimW: watt(1),
    opModExpLimW: watt(2),
    opModGenLimW: watt(3),
    opModLoadLimW: watt(4),
    opModStorageTargetW: watt(-5),
  };
  await addControl(deps(port), derp, { start: t0, durationS: 60, base });
  const aus = ['opModImpLimW', 'opModExpLimW', 'opModGenLimW', 'opModLoadLimW'];
  const is2018 = Object.keys(base).filter(
    mode => ![...aus, 'opModStorageTargetW', 'opModMaxLimWInject'].includes(mode),
  );
  const told: Partial<Record<DialectId, string[]>> = {
    'csipaus-1.2': [...is2018, ...aus],
    'csipaus-1.3': [...is2018, ...aus, 'opModStorageTargetW'],
    '2018': is2018,
    '2023': [...is2018, 'opModMaxLimWInject'],
    'draft-2.0.4': is2018.filter(mode => !mode.startsWith('opModFixedPF')),
  };
  for (const [dialect, modes] of Object.entries(told)) {
    await changeSite(deps(port), '1', { dialect: dialect as DialectId });
    const found = [...(await list()).matchAll(/<(?:\w+:)?(opMod\w+|rampTms)[ >]/g)].map(([, name = '']) => name);
    expect([dialect, found.sort()]).toEqual([dialect, [...modes].sort()]);
  }
});

it('a control none of whose modes a client knows is not shown to it, and not counted', async () => {
  const { port, derp, list, issue } = await opened();
  const limit = await issue(0, 600, { base: { opModImpLimW: watt(1000) } });
  expect(attributeOf(await list(), 'all')).toBe('1');
  await changeSite(deps(port), '1', { dialect: '2018' });
  expect(attributeOf(await list(), 'all')).toBe('0');
  expect((await port.ask(`/derp/${derp}/derc/${limit.mRID}`)).status).toBe(404);
  expect(attributeOf((await port.ask(`/derp/${derp}`)).body, 'all', 'ActiveDERControlListLink')).toBe('0');
});

it('leaves its list at its end in 2018, and is completed first in 2023', async () => {
  for (const [dialect, after] of [
    ['2018', []],
    ['2023', ['5']],
  ] as const) {
    const { port, list, issue } = await opened(dialect);
    await issue(10, 20, { randomizeDuration: 5 });
    port.clock.advance(34);
    expect([all(await list(), 'currentStatus'), textOf(await list(), 'version')]).toEqual([['1'], '1']);
    port.clock.advance(1);
    expect(all(await list(), 'currentStatus')).toEqual(after);
    port.clock.advance(900);
    expect(all(await list(), 'currentStatus')).toEqual([]);
  }
});

it('one of 24 may be cancelled, and all of them stay readable for their time (BASIC-015)', async () => {
  const { port, list, derp } = await opened();
  const controls = Array.from({ length: 24 }, (_, n) => ({
    start: t0 + 120 * (n + 1),
    durationS: 60,
    base: { opModMaxLimW: 100 * n },
  }));
  const made = await addControls(deps(port), derp, controls);
  expect(made.map(({ mRID }) => mRID)).toEqual([...made.map(({ mRID }) => mRID)].sort());
  expect(new Set(made.map(({ mRID }) => mRID.slice(-8)))).toEqual(new Set(['00099999']));
  port.clock.advance(120);
  await Promise.all(made.slice(1).map(({ mRID }) => cancelControl(deps(port), mRID)));
  expect(all(await list(), 'currentStatus')).toEqual(['1', ...Array<string>(23).fill('2')]);
  expect(new Set(all(await list(), 'dateTime'))).toEqual(new Set([String(t0 + 120)]));
  port.clock.advance(60);
  expect(attributeOf(await list(), 'all')).toBe('23');
  await expect(cancelControl(deps(port), made[0]?.mRID ?? '')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: /it is over/,
  });
});

it('of two issued in one second the later wins', async () => {
  const { port, list, issue } = await opened();
  const made = [await issue(0, 60), await issue(0, 60), await issue(0, 60)];
  expect([all(await list(), 'mRID'), all(await list(), 'currentStatus')]).toEqual([
    made.map(({ mRID }) => mRID).reverse(),
    ['1', '4', '4'],
  ]);
  expect(
    attributeOf(
      (
        await port.ask(
          `/derp/${made.length > 0 ? (await controlAt(deps(port), made[0]?.mRID ?? '')).program : ''}/actderc?l=9`,
        )
      ).body,
      'all',
    ),
  ).toBe('1');
});

describe('a change of a control', () => {
  it('that is on is superseded where the new one takes over at once', async () => {
    const { port, list, issue } = await opened();
    const old = await issue(0, 600);
    port.clock.advance(60);
    const next = await changeControl(deps(port), old.mRID, { base: { opModMaxLimW: 3000 } });
    expect([all(await list(), 'mRID'), all(await list(), 'currentStatus')]).toEqual([
      [next.mRID, old.mRID],
      ['1', '4'],
    ]);
    expect(await controlAt(deps(port), next.mRID)).toMatchObject({
      start: t0,
      durationS: 600,
      status: 1,
      base: { opModMaxLimW: 3000 },
    });
  });

  it('that is still to come, or that is moved away, is cancelled', async () => {
    const { port, list, issue } = await opened();
    const old = await issue(100, 600);
    const later = await changeControl(deps(port), old.mRID, { start: t0 + 900 });
    expect([all(await list(), 'mRID'), all(await list(), 'currentStatus')]).toEqual([
      [old.mRID, later.mRID],
      ['2', '0'],
    ]);
    await expect(changeControl(deps(port), old.mRID, { durationS: 5 })).rejects.toMatchObject({ code: 'CONFLICT' });
    port.clock.advance(1000);
    await changeControl(deps(port), later.mRID, { start: t0 + 2000 });
    expect(all(await list(), 'currentStatus')).toEqual(['2', '0']);
  });
});

it.each<[string, object, string, RegExp]>([
  ['is over already', { start: t0 - 60, durationS: 60 }, 'BAD_VALUE', /ends after now/],
  ['orders nothing', { base: { rampTms: 1 } }, 'BAD_VALUE', /at least one control mode/],
  ['is shifted too far', { randomizeStart: 3601 }, 'BAD_VALUE', /randomizeStart/],
  ['is for categories that are none', { deviceCategory: 'X' }, 'BAD_VALUE', /deviceCategory/],
  ['asks for responses in other words', { responseRequired: '3' }, 'BAD_VALUE', /responseRequired/],
  [
    'links to a curve of another program',
    { base: { opModVoltVar: { href: '/derp/x/dc/1' } } },
    'BAD_VALUE',
    /curve of this program/,
  ],
])('refuses a control that %s', async (_, more, code, message) => {
  const { port, derp, issue } = await opened();
  await expect(issue(0, 60, more)).rejects.toMatchObject({ code, message });
  expect(await controlsOf(deps(port), derp)).toEqual([]);
});

it('shows every one of 6,000 controls, and lays aside what is long over when more are issued', async () => {
  const { port, derp } = await opened();
  const minutes = (from: number, n: number) =>
    Array.from({ length: n }, (_, i) => ({
      start: t0 + 60 * (from + i),
      durationS: 60,
      base: { opModMaxLimW: i % 9999 },
    }));
  await addControls(deps(port), derp, minutes(0, 6000));
  const counted = async () => attributeOf((await port.ask(`/derp/${derp}/derc?s=5990&l=255`)).body, 'all');
  expect(await counted()).toBe('6000');
  const { body } = await port.ask(`/derp/${derp}/derc?s=5999&l=9`);
  expect([attributeOf(body, 'results'), textOf(body, 'start')]).toEqual(['1', String(t0 + 60 * 5999)]);
  expect(attributeOf((await port.ask(`/derp/${derp}`)).body, 'all', 'DERControlListLink')).toBe('6000');
  const [first] = await controlsOf(deps(port), derp);
  port.clock.advance(60 * 5900 + 1000);
  expect(await counted()).toBe(String(6000 - 5916));
  for (let round = 0; round < 12; round++) await addControls(deps(port), derp, minutes(6000 + 64 * round, 64));
  expect(await counted()).toBe(String(6000 - 5916 + 768));
  expect((await controlsOf(deps(port), derp)).length).toBeLessThan(1200);
  const past = await pastControlsOf(deps(port), derp, { limit: 10_000 });
  expect(past.controls.length + (await controlsOf(deps(port), derp)).length).toBe(6768);
  expect(past.controls[0]).toMatchObject({ mRID: first?.mRID, status: 5, listed: false });
  // its Response is still taken
  const response = `<DERControlResponse xmlns="urn:ieee:std:2030.5:ns"><endDeviceLFDI>${siteA.lfdi}</endDeviceLFDI><status>3</status><subject>${first?.mRID}</subject></DERControlResponse>`;
  expect((await port.ask(`/rsps/${derp}/rsp`, { method: 'POST', body: response })).status).toBe(201);
}, 30_000);

it('does not lay aside what superseded a control that still stands', async () => {
  const { port, derp, list } = await opened();
  const base = { opModMaxLimW: 1 };
  await addControls(deps(port), derp, [
    { start: t0, durationS: 90_000, base },
    { start: t0 + 10, durationS: 20, base },
  ]);
  port.clock.advance(4000);
  const later = Array.from({ length: 64 }, (_, n) => ({ start: t0 + 100_000 + n, durationS: 1, base }));
  await addControls(deps(port), derp, later);
  expect(all(await list(), 'currentStatus').slice(0, 2)).toEqual(['4', '0']);
});

describe('defaults', () => {
  it('carry ramps and enter-service settings, and go', async () => {
    const { port, derp } = await opened();
    const at = `/derp/${derp}/dderc`;
    expect((await port.ask(at)).status).toBe(404);
    expect((await port.ask(`/derp/${derp}`)).body).not.toContain('DefaultDERControlLink'); // BASIC-017
    await setDefault(
      deps(port),
      derp,
      { opModMaxLimW: 5000 },
      { settings: { setGradW: 9000, setSoftGradW: 400, setESDelay: 30_000 } },
    );
    const { body } = await port.ask(at);
    expect(
      ['opModMaxLimW', 'setESDelay', 'setGradW', 'setSoftGradW', 'version'].map(name => textOf(body, name)),
    ).toEqual(['5000', '30000', '9000', '400', '0']);
    await setDefault(deps(port), derp, { opModMaxLimW: 6000 });
    expect([textOf((await port.ask(at)).body, 'version'), (await port.ask(at)).body.includes('setGradW')]).toEqual([
      '1',
      false,
    ]);
    await removeDefault(deps(port), derp);
    expect((await port.ask(at)).status).toBe(404);
    await expect(defaultOf(deps(port), derp)).rejects.toMatchObject({ code: 'NO_SUCH' });
  });

  it('of an envelope program keep the firm limits, whatever is added', async () => {
    const { port } = await opened();
    await setDefault(deps(port), '1', { opModConnect: true }, { settings: { setGradW: 100 } });
    const { body } = await port.ask('/derp/1/dderc');
    expect([...body.matchAll(/<value>(\d+)</g)].map(m => m[1])).toEqual(['2000', '1000']);
    expect(textOf(body, 'opModConnect')).toBe('true');
    await expect(removeDefault(deps(port), '1')).rejects.toMatchObject({ code: 'BAD_VALUE' });
  });
});

describe('curves', () => {
  it('are changed and removed while nothing uses them', async () => {
    const { port, derp, issue } = await opened();
    const { href } = await addCurve(deps(port), derp, voltVar);
    const dc = href.split('/')[4] ?? '';
    const other = { ...voltVar, CurveData: [{ xvalue: 9100, yvalue: 4000 }] };
    await changeCurve(deps(port), derp, dc, other);
    expect([textOf((await port.ask(href)).body, 'xvalue'), textOf((await port.ask(href)).body, 'version')]).toEqual([
      '9100',
      '1',
    ]);
    const control = await issue(0, 600, { base: { opModVoltVar: { href } } });
    for (const act of [() => changeCurve(deps(port), derp, dc, voltVar), () => removeCurve(deps(port), derp, dc)])
      await expect(act()).rejects.toMatchObject({ code: 'CONFLICT', message: /links to it/ });
    await cancelControl(deps(port), control.mRID);
    port.clock.advance(700);
    await setDefault(deps(port), derp, { opModVoltVar: { href } });
    await changeCurve(deps(port), derp, dc, voltVar);
    await expect(changeCurve(deps(port), derp, dc, { ...voltVar, curveType: 14 })).rejects.toMatchObject({
      code: 'BAD_VALUE',
    });
    await expect(removeCurve(deps(port), derp, dc)).rejects.toMatchObject({ code: 'CONFLICT', message: /default/ });
    await removeDefault(deps(port), derp);
    await removeCurve(deps(port), derp, dc);
    expect([(await port.ask(href)).status, (await curvesOf(deps(port), derp)).length]).toEqual([404, 0]);
  });
});

it('a program goes when none of its controls stands', async () => {
  const { port, derp, issue } = await opened();
  const { mRID } = await issue(0, 600);
  await expect(removeProgram(deps(port), derp)).rejects.toMatchObject({ code: 'CONFLICT', message: /still stands/ });
  await cancelControl(deps(port), mRID);
  await removeProgram(deps(port), derp);
  expect((await port.ask(`/derp/${derp}`)).status).toBe(404);
  expect(attributeOf((await port.ask('/edev/1/fsa/1/derp')).body, 'all')).toBe('1');
  await expect(controlAt(deps(port), mRID)).rejects.toMatchObject({ code: 'NO_SUCH' });
});

it('tells an operator what a site is to follow, mode by mode', async () => {
  const { port, derp, issue } = await opened();
  await setDefault(deps(port), derp, { opModMaxLimW: 8000, opModConnect: true });
  const { mRID } = await issue(0, 600);
  const words = async () =>
    (await inForceAt(deps(port), '1', 'csipaus-1.2')).map(({ mode, program, mRID: by, value }) => [
      mode,
      program === derp,
      by,
      value,
    ]);
  expect(await words()).toEqual([
    ['opModConnect', true, undefined, true],
    ['opModExpLimW', false, undefined, watt(1000)],
    ['opModImpLimW', false, undefined, watt(2000)],
    ['opModMaxLimW', true, mRID, 5000],
  ]);
  port.clock.advance(600);
  expect((await words()).at(-1)).toEqual(['opModMaxLimW', true, undefined, 8000]);
});

it.each<[DialectId, [string, unknown][]]>([
  [
    'csipaus-1.2',
    [
      ['opModExpLimW', watt(1000)],
      ['opModImpLimW', watt(2000)],
    ],
  ],
  [
    '2023',
    [
      ['opModMaxLimWAbsorb', watt(2000)],
      ['opModMaxLimWInject', watt(1000)],
    ],
  ],
  ['2018', [['opModMaxLimW', 1000]]], // hundredths of a percent of setMaxW, 10 kW
])('in the words of a client of %s, though it speaks through an aggregator', async (dialect, expected) => {
  const { port } = await opened();
  const words = async (edev: string, usual: DialectId) =>
    (await inForceAt(deps(port), edev, usual)).map(({ mode, value }) => [mode, value]);
  expect(await words('1', dialect)).toEqual(expected);
  const [speaker, other] = ['5'.repeat(40), '6'.repeat(40)];
  await port.add(
    { ...siteA, name: 'Speaker', lfdi: speaker, sfdi: 5, role: 'aggregator', dialect },
    { ...siteA, name: 'Spoken for', lfdi: other, sfdi: 6, manager: speaker, dialect: 'csipaus-1.3' },
  );
  const [device] = await port.store.find('lfdi', other);
  expect(await words(device?.href.split('/')[2] ?? '', '2018')).toEqual(expected);
});
