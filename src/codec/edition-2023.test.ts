/** What the 2023 edition adds to documents: schemaVer, room for others, disabled modes, defaults of empty elements. */
import { Problem } from '../base/problem';
import { EndDevice } from '../model/edev';
import { dialects } from '../model/dialect';
import { CurrentDERControls } from '../model/current-controls';
import { DefaultDERControl, DERControlBase, DERSettings } from '../model/der';
import { Link } from '../model/common';
import { Reading } from '../model/metering';
import { read } from './read';
import { write } from './write';

const dialect = dialects['2023'];
const older = dialects['2018'];
const ns = 'xmlns="urn:ieee:std:2030.5:ns"';

const problemAt = (run: () => unknown): unknown => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof Problem) return [thrown.code, thrown.detail.at];
    throw thrown;
  }
  throw new Error('nothing was thrown');
};

const control: DefaultDERControl = {
  mRID: '0A',
  replyTo: '/rsps/1/rsp',
  DERControlBase: {
    opModConnect: true,
    opModFixedPFInjectW: { displacement: 95, excitation: true, multiplier: -2, disabled: true },
    opModMaxLimPctVAInject: 9000,
    opModMaxLimW: 5000,
    opModTargetW: { multiplier: 0, value: 7 },
    opModVoltVar: { href: '/derp/1/dc/1', disabled: false },
    $disabled: ['opModMaxLimW'],
  },
  updatedTime: 9,
};

describe('writing', () => {
  it('says which schema it follows, on the root alone', () => {
    const xml = write(DefaultDERControl, control, { dialect });
    expect(xml).toMatch(/^<DefaultDERControl xmlns="urn:ieee:std:2030\.5:ns" schemaVer="2\.2" replyTo=/);
    expect(xml.match(/schemaVer/g)).toHaveLength(1);
    expect(xml).toContain('<opModMaxLimW disabled="true">5000</opModMaxLimW>');
    expect(xml).toContain('<opModFixedPFInjectW disabled="true"><displacement>');
    expect(read(DefaultDERControl, xml, { mode: 'strict' }).value).toEqual(control);
  });

  it('leaves all of it out for the 2018 edition', () => {
    expect(write(DefaultDERControl, control, { dialect: older })).toBe(
      `<DefaultDERControl ${ns}><mRID>0A</mRID><DERControlBase><opModConnect>true</opModConnect>` +
        '<opModFixedPFInjectW><displacement>95</displacement><excitation>true</excitation><multiplier>-2</multiplier></opModFixedPFInjectW>' +
        '<opModMaxLimW>5000</opModMaxLimW><opModTargetW><multiplier>0</multiplier><value>7</value></opModTargetW>' +
        '<opModVoltVar href="/derp/1/dc/1"/></DERControlBase></DefaultDERControl>',
    );
  });

  it('has documents only for what is one', () => {
    expect(write(Link, { href: '/' }, { dialect: older })).toBe(`<Link ${ns} href="/"></Link>`);
    for (const run of [
      () => write(Link, { href: '/' }, { dialect }),
      () => write(DERControlBase, {}, { dialect }),
      () => write(CurrentDERControls, { updatedTime: 1 }, { dialect: older }),
    ])
      expect(problemAt(run)).toEqual(['BUG', expect.stringMatching(/^\/\w+$/)]);
  });

  it('refuses $disabled where nothing can be', () => {
    const odd = { href: '/', $disabled: [] } as Reading;
    expect(problemAt(() => write(Reading, odd, { dialect }))).toEqual(['BUG', '/Reading/$disabled']);
  });
});

describe('reading strictly', () => {
  const good =
    '<setGradW>1</setGradW><setMaxW><multiplier>0</multiplier><value>5</value>IN</setMaxW><updatedTime>7</updatedTime>OUT';
  const settings = (version: string, inside = '', outside = '') =>
    `<DERSettings ${ns} xmlns:o="urn:o" ${version}>${good.replace('IN', inside).replace('OUT', outside)}</DERSettings>`;
  const value = { setGradW: 1, setMaxW: { multiplier: 0, value: 5 }, updatedTime: 7 };
  const ask = (xml: string) => read(DERSettings, xml, { mode: 'strict' }).value;

  it('takes schemaVer, and skips what 2.2 leaves room for', () => {
    const later = '<ActivePower_r2_3><accuracy>1</accuracy></ActivePower_r2_3><o:x o:y="1">text<o:z/></o:x>';
    const after = '<DERSettings_r2_3 lang="en"><setMore>1</setMore></DERSettings_r2_3>';
    for (const version of ['schemaVer="2.2"', 'schemaVer="2.3" o:note="x" note="y"', 'schemaVer="3.0"'])
      expect(ask(settings(version, later, after))).toEqual(value);
    expect(ask(settings('schemaVer="2.1"'))).toEqual(value);
  });

  it('has no room for them before 2.2, nor ever for more in its own namespace', () => {
    const at = (xml: string) => problemAt(() => ask(xml));
    expect(at(settings('', '<ActivePower_r2_3/>'))).toEqual(['BAD_VALUE', '/DERSettings/setMaxW/ActivePower_r2_3']);
    expect(at(settings('schemaVer="2.1"', '<o:x/>'))).toEqual(['BAD_VALUE', '/DERSettings/setMaxW/x']);
    expect(at(settings('schemaVer="2.2"', '<ReactivePower_r2_3/>'))).toEqual([
      'BAD_VALUE',
      '/DERSettings/setMaxW/ReactivePower_r2_3',
    ]);
    expect(at(settings('schemaVer="2.2"', '<more/>'))).toEqual(['BAD_VALUE', '/DERSettings/setMaxW/more']);
    expect(at(settings('schemaVer="two"'))).toEqual(['BAD_VALUE', '/DERSettings/@schemaVer']);
  });

  it('takes an empty element with a default for that default', () => {
    const xml = (version: string) => `<Reading ${ns}${version}><qualityFlags/><touTier></touTier></Reading>`;
    expect(read(Reading, xml(' schemaVer="2.2"'), { mode: 'strict' }).value).toEqual({
      qualityFlags: '00',
      touTier: 0,
    });
    expect(read(Reading, xml(''), { mode: 'lenient' }).value).toEqual({ qualityFlags: '00', touTier: 0 });
    expect(problemAt(() => read(Reading, xml(''), { mode: 'strict' }))).toEqual(['BAD_VALUE', '/Reading/touTier']);
  });

  it('takes disabled where it may stand, and nowhere else', () => {
    const base = (inner: string) => `<DERControlBase ${ns}>${inner}</DERControlBase>`;
    const asked = (inner: string) => read(DERControlBase, base(inner), { mode: 'strict' }).value;
    expect(asked('<opModFixedW disabled="1">-5</opModFixedW><opModMaxLimW disabled="false">5</opModMaxLimW>')).toEqual({
      opModFixedW: -5,
      opModMaxLimW: 5,
      $disabled: ['opModFixedW'],
    });
    expect(problemAt(() => asked('<opModConnect disabled="true">true</opModConnect>'))).toEqual([
      'BAD_VALUE',
      '/DERControlBase/opModConnect/@disabled',
    ]);
    expect(problemAt(() => asked('<opModMaxLimW disabled="maybe">5</opModMaxLimW>'))).toEqual([
      'BAD_VALUE',
      '/DERControlBase/opModMaxLimW/@disabled',
    ]);
  });
});

it('a device of either edition reads the same', () => {
  const device = { changedTime: 1, enabled: true, sFDI: 5, SubscriptionListLink: { href: '/edev/1/sub', all: 0 } };
  const [a, b] = [older, dialect].map(d => write(EndDevice, device, { dialect: d }).replace(/ schemaVer="2\.2"/, ''));
  expect(a).toBe(b);
});
