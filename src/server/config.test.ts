import { checkConfig, defaultConfig } from './config';
import { configTable } from './config-table';

it('fills in defaults, every one of which passes its own check', () => {
  expect(checkConfig({}, 'config.json')).toEqual(defaultConfig());
  for (const [name, spec] of Object.entries(configTable))
    expect([name, (spec.check as (v: unknown) => unknown)(spec.default)]).toEqual([name, undefined]);
});

it.each([
  [{ port: 'x' }, 'config.json: port'],
  [{ port: 70000 }, 'want a whole number from 0 to 65535'],
  [{ prot: 1 }, 'no such field; did you mean port?'],
  [{ pollRates: { 'der.programs': 0 } }, 'pollRates.der.programs'],
  [{ pollRates: { 'der.program': -1 } }, 'want whole seconds, 1 or more'],
  [{ pollRates: { 'der.progams': 60 } }, 'did you mean der.programs?'],
  [{ timeZone: 'Mars/Phobos' }, 'config.json: timeZone, want a time zone'],
  [{ defaultPin: 111_111 }, 'a multiple of ten'],
  [{ envelopeStepS: 1 }, 'config.json: envelopeHorizonS, want at most 20000 steps'],
  [{ certificateProfile: 'loose' }, 'one of strict, lenient'],
  [[], 'a JSON object'],
])('refuses %j and says where', (raw, text) => {
  expect(() => checkConfig(raw, 'config.json')).toThrow(
    expect.objectContaining({ code: 'BAD_CONFIG', message: expect.stringContaining(text) as string }) as Error,
  );
});
