/** Draft 2.0.4 in both directions: what its clients can read, and what is made of what they send. */
import { dialects } from '../model/dialect';
import { DefaultDERControl, DERCapability, type DERControl, DERControlList, DERCurve, DERSettings } from '../model/der';
import { EndDevice } from '../model/edev';
import { DERProgramList } from '../model/der';
import { type Complex, type Infer } from '../model/dsl';
import { Problem } from '../base/problem';
import { read } from './read';
import { write } from './write';

const dialect = dialects['draft-2.0.4'];
const ns = 'xmlns="http://ieee.org/2030.5"';
const W = (value: number) => ({ multiplier: 0, value });
const lenient = <T extends Complex>(type: T, xml: string): Infer<T> => read(type, xml, { mode: 'lenient' }).value;

const capability: DERCapability = {
  modesSupported: '00800030',
  rtgMaxA: W(20),
  rtgAbnormalCategory: 3,
  rtgMaxVA: W(5000),
  rtgMaxW: W(5000),
  rtgMinPFOverExcited: { displacement: 800, multiplier: -3 },
  rtgMinPFUnderExcited: { displacement: 900, multiplier: -3 },
  rtgVNom: W(230),
  type: 83,
  doeModesSupported: '0F',
};
const drafted =
  `<DERCapability ${ns}><modesSupported>00008001</modesSupported>` +
  '<rtgA><multiplier>0</multiplier><value>20</value></rtgA><rtgAbnormalCategory>3</rtgAbnormalCategory>' +
  '<rtgMinPF><displacement>800</displacement><multiplier>-3</multiplier></rtgMinPF>' +
  '<rtgMinPFNeg><displacement>-900</displacement><multiplier>-3</multiplier></rtgMinPFNeg>' +
  '<rtgVA><multiplier>0</multiplier><value>5000</value></rtgVA><rtgW><multiplier>0</multiplier><value>5000</value></rtgW>' +
  '<type>82</type></DERCapability>';

it('has its own names, order, signs and numbers, both ways', () => {
  expect(write(DERCapability, capability, { dialect })).toBe(drafted);
  const { rtgVNom: _, doeModesSupported: __, ...told } = capability;
  expect(lenient(DERCapability, drafted)).toEqual(told);
});

it('takes its names in any older namespace and its numbers in its own', () => {
  for (const older of ['', 'xmlns="http://zigbee.org/sep"']) {
    const read = lenient(DERCapability, drafted.replace(ns, older));
    expect([read.rtgMaxW, read.type, read.modesSupported]).toEqual([W(5000), 82, '00008001']);
  }
  const current = drafted.replace(ns, 'xmlns="urn:ieee:std:2030.5:ns"');
  expect(() => lenient(DERCapability, current)).toThrow(/rtgMinPFNeg|rtgMaxW/);
});

it('names in errors what the client wrote', () => {
  const bad = drafted.replace('<value>20<', '<value>x<');
  try {
    lenient(DERCapability, bad);
    throw new Error('nothing was thrown');
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Problem);
    expect((thrown as Problem).detail.at).toBe('/DERCapability/rtgA/value');
  }
});

it('leaves out what its clients die of', () => {
  const control: DERControl = {
    mRID: '0A',
    description: 'ä'.repeat(20),
    creationTime: 1,
    EventStatus: { currentStatus: 0, dateTime: 1, potentiallySuperseded: false },
    interval: { duration: 300, start: 1 },
    DERControlBase: {
      opModFixedPFInjectW: { displacement: 95, excitation: true, multiplier: -2 },
      opModHVRTMayTrip: { href: '/dc/1' },
      opModMaxLimW: 5000,
      opModExpLimW: W(7),
      $disabled: ['opModMaxLimW'],
    },
    deviceCategory: '01',
  };
  const list = write(DERControlList, { all: 70_000, results: 1, DERControl: [control] }, { dialect });
  expect(list).toBe(
    `<DERControlList ${ns} all="65535" results="1"><DERControl><mRID>0A</mRID><description>${'ä'.repeat(15)}</description>` +
      '<creationTime>1</creationTime><EventStatus><currentStatus>0</currentStatus><dateTime>1</dateTime>' +
      '<potentiallySuperseded>false</potentiallySuperseded></EventStatus><interval><duration>300</duration><start>1</start></interval>' +
      '<DERControlBase><opModMaxLimW>5000</opModMaxLimW></DERControlBase></DERControl></DERControlList>',
  );
  expect(write(DERProgramList, { all: 0, results: 0, DERProgram: [], pollRate: 86_400 }, { dialect })).toContain(
    'pollRate="32767"',
  );
  const device = { sFDI: 1, changedTime: 1, deviceCategory: '01', postRate: 300 };
  expect(write(EndDevice, device, { dialect })).toBe(
    `<EndDevice ${ns}><loadShedDeviceCategory>01</loadShedDeviceCategory><sFDI>1</sFDI><changedTime>1</changedTime></EndDevice>`,
  );
  const defaults = { mRID: '0A', DERControlBase: {}, setESDelay: 90_000, setESRampTms: 1 };
  expect(write(DefaultDERControl, defaults, { dialect })).toContain(
    '<DERControlBase/><setESDelay>65535</setESDelay></',
  );
});

it('numbers curves its own way', () => {
  const curve = (curveType: number): DERCurve => ({
    mRID: '0A',
    creationTime: 1,
    CurveData: [{ xvalue: 1, yvalue: 2, excitation: true }],
    curveType,
    xMultiplier: 0,
    yMultiplier: 0,
    yRefType: 1,
    vRef: 1,
  });
  const types = Array.from({ length: 15 }, (_, n) => n).map(n => {
    const xml = write(DERCurve, curve(n), { dialect });
    return [n, Number(/<curveType>(\d+)/.exec(xml)?.[1]), lenient(DERCurve, xml).curveType];
  });
  const known = types.filter(([, drafted]) => drafted !== 255);
  // May-trip curves came later.
  expect(types.filter(([, drafted]) => drafted === 255).map(([ours]) => ours)).toEqual([1, 3, 6, 8]);
  expect(known.every(([ours, , back]) => ours === back)).toBe(true);
  expect(known.map(([, drafted]) => drafted).sort((a = 0, b = 0) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('reads settings of such a client', () => {
  const xml = `<DERSettings ${ns}><setGradW>1</setGradW><setMaxW><multiplier>0</multiplier><value>5</value></setMaxW><setMinPF><displacement>9</displacement><multiplier>-1</multiplier></setMinPF><setMinPFNeg><displacement>-8</displacement><multiplier>-1</multiplier></setMinPFNeg><updatedTime>7</updatedTime></DERSettings>`;
  expect(lenient(DERSettings, xml)).toEqual({
    setGradW: 1,
    setMaxW: W(5),
    setMinPFOverExcited: { displacement: 9, multiplier: -1 },
    setMinPFUnderExcited: { displacement: 8, multiplier: -1 },
    updatedTime: 7,
  });
});
