import fc from 'fast-check';
import { guardOf, type GuardRules } from './push-guard';

const rules: GuardRules = { plainHttp: false, ports: '443,1024-65535', allow: '' };
const guard = guardOf(rules);

it.each([
  'https://a.example/ntfy',
  'https://a.example:8443/ntfy?client=7',
  'https://93.184.215.14/x',
  'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/x',
])('lets notifications go to %s', uri => expect(guard.refusal(uri)).toBeUndefined());

it.each([
  ['not an absolute URI', ['/ntfy', '', 'a.example', '//a.example/x', 'https://', 'https://[::1/']],
  [
    'only https:',
    ['http://a.example/', 'ftp://a.example/', 'file:///etc/passwd', 'gopher://a.example/', 'javascript:1'],
  ],
  ['port', ['https://a.example:22/', 'https://a.example:80/', 'https://a.example:1023/']],
  ['no user', ['https://u@a.example/', 'https://u:p@a.example/', 'https://a.example/#x']],
  ['longer than 255', [`https://a.example/${'x'.repeat(255)}`]],
  [
    'not an address of the public Internet',
    [
      ...['127.0.0.1', '127.1', '0x7f000001', '2130706433', '0177.0.0.1', '0.0.0.0', '10.1.2.3', '172.31.0.1'],
      ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '192.0.2.1'],
      ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:8.8.8.8]', '[fe80::1]', '[fd00::1]', '[ff02::1]'],
      ...['[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001:db8::1]'],
    ].map(host => `https://${host}/x`),
  ],
])('refuses: %s', (why, uris) => {
  for (const uri of uris) expect([uri, guard.refusal(uri)]).toEqual([uri, expect.stringContaining(why)]);
});

it('lets in what the configuration names, and no more', () => {
  const open = guardOf({ plainHttp: true, ports: '80 8443', allow: '127.0.0.1, 10.20.0.0/16 fd12::/16' });
  for (const uri of ['http://127.0.0.1/', 'https://10.20.255.1:8443/', 'http://[fd12::1]/'])
    expect([uri, open.refusal(uri)]).toEqual([uri, undefined]);
  for (const uri of ['http://127.0.0.2/', 'https://10.21.0.1:8443/', 'https://10.20.0.1/', 'http://[fd13::1]/'])
    expect([uri, open.refusal(uri)]).toEqual([uri, expect.any(String)]);
});

it('judges every private address alike, however it is written', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const inside = fc.tuple(fc.constantFrom(10, 127), byte, byte, byte);
  fc.assert(
    fc.property(inside, fc.constantFrom('.', 'hex', 'whole', 'mapped'), ([a, b, c, d], how) => {
      const whole = ((a * 256 + b) * 256 + c) * 256 + d;
      const host = {
        '.': `${a}.${b}.${c}.${d}`,
        hex: `0x${whole.toString(16)}`,
        whole: String(whole),
        mapped: `[::ffff:${a}.${b}.${c}.${d}]`,
      }[how];
      expect(guard.refusal(`https://${host}/`)).toBeDefined();
    }),
  );
});

it('judges a name by the addresses it has when it is connected to', async () => {
  const look = (allow: string, all: boolean) =>
    new Promise<unknown>(done =>
      guardOf({ ...rules, allow }).lookup('localhost', { all }, (error, address) => done(error ?? address)),
    );
  expect(guard.refusal('https://localhost/')).toBeUndefined(); // a name tells nothing yet
  for (const all of [true, false]) {
    expect(await look('', all)).toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(await look('127.0.0.1 ::1', all)).not.toBeInstanceOf(Error);
  }
});

it.each([
  [{ ports: '0' }, 'notifyPorts'],
  [{ ports: '443-80' }, 'notifyPorts'],
  [{ ports: '70000' }, 'notifyPorts'],
  [{ ports: 'https' }, 'notifyPorts'],
  [{ allow: 'a.example' }, 'notifyAllow'],
  [{ allow: '10.0.0.0/33' }, 'notifyAllow'],
  [{ allow: '10.0.0.0/' }, 'notifyAllow'],
])('cannot be set to %j', (wrong, field) => {
  let thrown: unknown;
  try {
    guardOf({ ...rules, ...wrong });
  } catch (problem) {
    thrown = problem;
  }
  expect(thrown).toMatchObject({ code: 'BAD_CONFIG', detail: { at: field } });
});
