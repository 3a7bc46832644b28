import { checkConfig, configTable, defaultConfig } from './config';

it('fills in defaults, every one of which passes its own check', () => {
  expect(checkConfig({}, 'config.json')).toEqual(defaultConfig());
  for (const [name, spec] of Object.entries(configTable))
    expect([name, (spec.check as (v: unknown) => unknown)(spec.default)]).toEqual([name, undefined]);
});

it.each([
  [{ port: 'x' }, 'config.json: port'],
  [{ port: 70000 }, 'want a whole number from 0 to 65535'],
  [{ prot: 1 }, 'no such field'],
  [{ pollRates: { 'der.programs': 0 } }, 'pollRates.der.programs'],
  [{ certificateProfile: 'loose' }, 'one of strict, lenient'],
  [[], 'a JSON object'],
])('refuses %j and says where', (raw, text) => {
  expect(() => checkConfig(raw, 'config.json')).toThrow(
    expect.objectContaining({ code: 'BAD_CONFIG', message: expect.stringContaining(text) as string }) as Error,
  );
});
