import { Problem } from '../base/problem';
import { dialects } from '../model/dialect';
import { DERCapability, DERControl, DERControlList, DERSettings, DERStatus } from '../model/der';
import { Registration } from '../model/edev';
import { MirrorUsagePoint } from '../model/mirror';
import { DERControlResponse, Response } from '../model/response';
import { Notification } from '../model/subscription';
import { ConnectionPoint } from '../model/ext/csip-aus';
import { read } from './read';
import { type Mode } from './simple';
import { write } from './write';

const dialect = dialects['2018'];
const aus = dialects['csipaus-1.2'];
const ns = 'xmlns="urn:ieee:std:2030.5:ns"';

export const problemOf = (run: () => unknown): Problem => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
};

const control = (mRID: string): DERControl => ({
  href: `/derp/1/derc/${mRID}`,
  replyTo: '/rsps/1/rsp',
  responseRequired: '03',
  mRID,
  creationTime: 1_700_000_000,
  EventStatus: { currentStatus: 0, dateTime: 1_700_000_000, potentiallySuperseded: false },
  interval: { duration: 300, start: 1_700_000_300 },
  DERControlBase: {
    opModExpLimW: { multiplier: 0, value: 5000 },
    opModMaxLimW: 10_000,
  },
});

describe('write', () => {
  it('writes schema order, base fields first, whatever the order of the value', () => {
    expect(write(DERControl, control('0A'), { dialect: aus })).toBe(
      `<DERControl ${ns} xmlns:csipaus="https://csipaus.org/ns" href="/derp/1/derc/0A" replyTo="/rsps/1/rsp" responseRequired="03">` +
        '<mRID>0A</mRID><creationTime>1700000000</creationTime>' +
        '<EventStatus><currentStatus>0</currentStatus><dateTime>1700000000</dateTime><potentiallySuperseded>false</potentiallySuperseded></EventStatus>' +
        '<interval><duration>300</duration><start>1700000300</start></interval>' +
        '<DERControlBase><opModMaxLimW>10000</opModMaxLimW><csipaus:opModExpLimW><multiplier>0</multiplier><value>5000</value></csipaus:opModExpLimW></DERControlBase></DERControl>',
    );
  });

  it('leaves out what the dialect does not speak, and its namespace with it', () => {
    const xml = write(DERControl, control('0A'), { dialect });
    expect(xml).not.toContain('opModExpLimW');
    expect(xml).not.toContain('csipaus');
    expect(xml).toContain('<opModMaxLimW>10000</opModMaxLimW>');
  });

  it('names the newer namespace for the newer dialect', () => {
    expect(write(DERControl, control('0A'), { dialect: dialects['csipaus-1.3'] })).toContain(
      'xmlns:csipaus="https://csipaus.org/ns/v1.3"',
    );
    const point = write(ConnectionPoint, { href: '/edev/1/cp', connectionPointId: '4102003214' }, { dialect: aus });
    expect(point).toContain(
      '<csipaus:ConnectionPoint xmlns="urn:ieee:std:2030.5:ns" xmlns:csipaus="https://csipaus.org/ns" href="/edev/1/cp"><csipaus:connectionPointId>',
    );
    expect(problemOf(() => write(ConnectionPoint, { connectionPointId: '1' }, { dialect })).code).toBe('BUG');
  });

  it('names the type of a polymorphic element', () => {
    const value = {
      subscribedResource: '/derp/1/derc',
      status: 0,
      subscriptionURI: '/edev/1/sub/1',
      Resource: { $type: 'DERControlList', all: 1, results: 1, DERControl: [control('0B')] },
    };
    const xml = write(Notification, value, { dialect });
    expect(xml).toContain(`<Notification ${ns} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`);
    expect(xml).toContain('<Resource xsi:type="DERControlList" all="1" results="1"><DERControl href=');
    const { value: back } = read(Notification, xml, { mode: 'strict' });
    expect(back.Resource).toMatchObject({ $type: 'DERControlList', all: 1, DERControl: [{ mRID: '0B' }] });
    const odd = { ...value, Resource: { $type: 'Link', href: '/' } };
    expect(problemOf(() => write(Notification, odd, { dialect })).detail.at).toBe('/Notification/Resource/$type');
  });

  it('escapes text and attributes so that they come back as they were', () => {
    const nasty = { ...control('0A'), description: `<&>"' \r\n\t]]> é😀`.slice(0, 32), href: "/a?b=1&c='2'" };
    expect(read(DERControl, write(DERControl, nasty, { dialect: aus }), { mode: 'strict' }).value).toEqual(nasty);
  });

  it('begins with a declaration only when asked', () => {
    expect(write(DERControl, control('0A'), { dialect, declaration: true })).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<DERControl /,
    );
    expect(write(DERControl, control('0A'), { dialect })).toMatch(/^<DERControl /);
  });

  it.each<[string, string, unknown]>([
    ['a missing element', '/DERControl/mRID', { ...control('0A'), mRID: undefined }],
    [
      'a number out of range',
      '/DERControl/interval/duration',
      { ...control('0A'), interval: { duration: -1, start: 0 } },
    ],
    ['a fraction', '/DERControl/interval/start', { ...control('0A'), interval: { duration: 1, start: 0.5 } }],
    ['odd hex', '/DERControl/mRID', control('0AB')],
    ['hex too long', '/DERControl/mRID', control('00'.repeat(17))],
    ['a text too long', '/DERControl/description', { ...control('0A'), description: 'x'.repeat(33) }],
    ['a character XML lacks', '/DERControl/description', { ...control('0A'), description: 'a\u0000' }],
    ['half a surrogate pair', '/DERControl/description', { ...control('0A'), description: 'a\ud800' }],
    ['an attribute out of range', '/DERControl/@responseRequired', { ...control('0A'), responseRequired: '0003' }],
    [
      'an unknown field',
      '/DERControl/interval/begin',
      { ...control('0A'), interval: { duration: 1, start: 0, begin: 1 } },
    ],
    ['null', '/DERControl/interval', { ...control('0A'), interval: null }],
    ['a string for a number', '/DERControl/creationTime', { ...control('0A'), creationTime: '1' }],
  ])('refuses %s, naming its path', (_what, at, value) => {
    const problem = problemOf(() => write(DERControl, value as DERControl, { dialect }));
    expect([problem.code, problem.detail.at]).toEqual(['BUG', at]);
  });

  it('names the entry of a list', () => {
    const list = { all: 2, results: 2, DERControl: [control('0A'), control('X')] };
    expect(problemOf(() => write(DERControlList, list, { dialect })).detail.at).toBe(
      '/DERControlList/DERControl[2]/mRID',
    );
  });
});

const settings = (inner: string, root = `<DERSettings ${ns}>`) => `${root}${inner}</DERSettings>`;
const good =
  '<setGradW>1</setGradW><setMaxW><multiplier>0</multiplier><value>5000</value></setMaxW><updatedTime>7</updatedTime>';
const goodValue = { setGradW: 1, setMaxW: { multiplier: 0, value: 5000 }, updatedTime: 7 };

describe('read', () => {
  it('keeps text that looks like a number', () => {
    const xml = `<DERControlResponse ${ns}><endDeviceLFDI>${'0'.repeat(38)}12</endDeviceLFDI><subject>0012E5</subject></DERControlResponse>`;
    const { type, value } = read([Response, DERControlResponse], xml, { mode: 'strict' });
    expect(type).toBe(DERControlResponse);
    expect(value).toEqual({ endDeviceLFDI: `${'0'.repeat(38)}12`, subject: '0012E5' });
    const rg = `<Registration ${ns}><dateTimeRegistered>1</dateTimeRegistered><pIN>00123</pIN></Registration>`;
    expect(read(Registration, rg, { mode: 'strict' }).value.pIN).toBe(123);
  });

  it.each<Mode>(['strict', 'lenient'])(
    'takes any prefix, declaration, byte order mark, comments, CDATA and references, %s',
    mode => {
      const odd =
        '\uFEFF<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<!-- c --><?pi x?><s:DERSettings xmlns:s="urn:ieee:std:2030.5:ns">' +
        '<s:setGradW ><!-- c -->&#49;</s:setGradW ><s:setMaxW>\n<s:multiplier> 0 </s:multiplier><s:value><![CDATA[50]]>0&#x30;</s:value></s:setMaxW>' +
        '<updatedTime xmlns="urn:ieee:std:2030.5:ns">+07</updatedTime></s:DERSettings>\n<!-- end -->';
      expect(read(DERSettings, Buffer.from(odd), { mode }).value).toEqual(goodValue);
    },
  );

  it.each([
    ['an unknown element', settings(`${good}<new>1<deep a="b"/></new>`), '/DERSettings/new'],
    ['an unknown attribute', settings(good, `<DERSettings ${ns} version="2.2">`), '/DERSettings/@version'],
    [
      'an attribute on a simple element',
      settings(good.replace('<setGradW>', '<setGradW unit="x">')),
      '/DERSettings/setGradW/@unit',
    ],
    [
      'a known name in a foreign namespace',
      settings(`${good}<setVRef xmlns="urn:x"><setGradW>9</setGradW></setVRef>`),
      '/DERSettings/setVRef',
    ],
    ['another order', settings(good.replace(/(.*)(<updatedTime>.*)/, '$2$1')), '/DERSettings/setGradW'],
    ['an older namespace', settings(good, '<DERSettings xmlns="http://ieee.org/2030.5">'), '/DERSettings'],
    ['no namespace', settings(good, '<DERSettings>'), '/DERSettings'],
  ])('skips or takes %s when lenient, refuses it when strict', (_what, xml, at) => {
    expect(read(DERSettings, xml, { mode: 'lenient' }).value).toEqual(goodValue);
    const problem = problemOf(() => read(DERSettings, xml, { mode: 'strict' }));
    expect([problem.code, problem.detail.at]).toEqual(['BAD_VALUE', at]);
  });

  it('mends the hex of old clients when lenient', () => {
    const xml = (lfdi: string, flags: string) =>
      `<MirrorUsagePoint ${ns}><mRID>0012E5</mRID><roleFlags>${flags}</roleFlags><serviceCategoryKind>0</serviceCategoryKind><status>1</status><deviceLFDI>${lfdi}</deviceLFDI></MirrorUsagePoint>`;
    const short = 'a'.repeat(38);
    const { value } = read(MirrorUsagePoint, xml(short, '3'), { mode: 'lenient' });
    expect([value.deviceLFDI, value.roleFlags, value.mRID]).toEqual([`00${short.toUpperCase()}`, '03', '0012E5']);
    expect(read(MirrorUsagePoint, xml(short, '000003'), { mode: 'lenient' }).value.roleFlags).toBe('0003');
    expect(problemOf(() => read(MirrorUsagePoint, xml(short, '3'), { mode: 'strict' })).detail.at).toBe(
      '/MirrorUsagePoint/roleFlags',
    );
    expect(read(MirrorUsagePoint, xml(short, '03'), { mode: 'strict' }).value.deviceLFDI).toBe(short.toUpperCase());
    expect(problemOf(() => read(MirrorUsagePoint, xml(short, '010003'), { mode: 'lenient' })).code).toBe('BAD_VALUE');
  });

  it.each<[string, string, string]>([
    ['a missing element', settings(good.replace('<value>5000</value>', '')), '/DERSettings/setMaxW/value'],
    ['a missing structure', settings('<setGradW>1</setGradW><updatedTime>7</updatedTime>'), '/DERSettings/setMaxW'],
    ['a repeated element', settings(`${good}<updatedTime>8</updatedTime>`), '/DERSettings/updatedTime'],
    ['a number out of range', settings(good.replace('5000', '40000')), '/DERSettings/setMaxW/value'],
    ['a number that is none', settings(good.replace('5000', '5e3')), '/DERSettings/setMaxW/value'],
    ['an empty number', settings(good.replace('5000', '')), '/DERSettings/setMaxW/value'],
    ['text in a structure', settings(good.replace('<multiplier>', 'x<multiplier>')), '/DERSettings/setMaxW'],
    ['an element in a value', settings(good.replace('5000', '5<b/>000')), '/DERSettings/setMaxW/value/b'],
    ['another root', `<DERStatus ${ns}/>`, '/DERStatus'],
    [
      'a list where an entry is wanted',
      settings('', `<DERControlList ${ns}>`).replace('/DERSettings', '/DERControlList'),
      '/DERControlList',
    ],
  ])('refuses %s in both modes, naming its path', (_what, xml, at) => {
    for (const mode of ['strict', 'lenient'] as const) {
      const problem = problemOf(() => read(DERSettings, xml, { mode }));
      expect([problem.code, problem.detail.at]).toEqual(['BAD_VALUE', at]);
    }
  });

  it('takes the ends of 64 bits for the nearest number, and nothing beyond', () => {
    const time = (value: string) => `<DERStatus ${ns}><readingTime>${value}</readingTime></DERStatus>`;
    for (const mode of ['strict', 'lenient'] as const) {
      const got = (value: string) => read(DERStatus, time(value), { mode }).value.readingTime;
      expect(got('9223372036854775807')).toBe(Number.MAX_SAFE_INTEGER);
      expect(got(' +9007199254740992 ')).toBe(Number.MAX_SAFE_INTEGER);
      expect(got('-9223372036854775808')).toBe(Number.MIN_SAFE_INTEGER);
      for (const beyond of ['9223372036854775808', '-9223372036854775809', '9'.repeat(300), '9'.repeat(500)])
        expect(problemOf(() => got(beyond)).detail.at).toBe('/DERStatus/readingTime');
    }
  });

  it('says of a list which entry, and of an attribute its name', () => {
    const entry = (mrid: string) => write(DERControl, control(mrid), { dialect }).replace(` ${ns}`, '');
    const list = (counts: string, ...entries: string[]) =>
      `<DERControlList ${ns} ${counts}>${entries.join('')}</DERControlList>`;
    const at = (xml: string) => problemOf(() => read(DERControlList, xml, { mode: 'lenient' })).detail.at;
    expect(at(list('all="2" results="2"', entry('0A'), entry('0A').replace('<mRID>0A', '<mRID>Z')))).toBe(
      '/DERControlList/DERControl[2]/mRID',
    );
    expect(at(list('all="2"'))).toBe('/DERControlList/@results');
    expect(at(list('all="2" results="-1"'))).toBe('/DERControlList/@results');
    expect(read(DERControlList, list('all="2" results="0"'), { mode: 'strict' }).value).toEqual({
      all: 2,
      results: 0,
      DERControl: [],
    });
  });

  it('takes extension elements by their namespace, never by their prefix', () => {
    const capability = (uri: string) =>
      `<DERCapability ${ns} xmlns:q="${uri}"><modesSupported>00</modesSupported><rtgMaxW><multiplier>0</multiplier><value>1</value></rtgMaxW><type>4</type><q:doeModesSupported>03</q:doeModesSupported></DERCapability>`;
    const got = (uri: string, mode: Mode) => read(DERCapability, capability(uri), { mode }).value.doeModesSupported;
    for (const uri of ['https://csipaus.org/ns', 'https://csipaus.org/ns/v1.3']) expect(got(uri, 'strict')).toBe('03');
    expect(got('https://csipaus.org/ns/v1.3-beta/storage', 'lenient')).toBe('03');
    for (const uri of ['urn:mine', 'urn:ieee:std:2030.5:ns']) expect(got(uri, 'lenient')).toBeUndefined();
  });

  it('knows the type of a resource only by xsi:type, and only types that fit', () => {
    const note = (resource: string) =>
      `<Notification ${ns} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:s="urn:ieee:std:2030.5:ns"><subscribedResource>/a</subscribedResource>${resource}<status>0</status><subscriptionURI>/s</subscriptionURI></Notification>`;
    const got = (resource: string) => read(Notification, note(resource), { mode: 'strict' }).value.Resource;
    expect(got('<Resource href="/x"/>')).toEqual({ $type: 'Resource', href: '/x' });
    expect(got('<Resource xsi:type="s:DERList" all="0" results="0"/>')).toEqual({
      $type: 'DERList',
      all: 0,
      results: 0,
      DER: [],
    });
    for (const name of ['Link', 'Nonsense', 'x:DERList', '__proto__', 'toString'])
      expect(problemOf(() => got(`<Resource xsi:type="${name}"/>`)).detail.at).toBe('/Notification/Resource/@xsi:type');
    expect(got('')).toBeUndefined();
  });
});
