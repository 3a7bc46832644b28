import { dialects } from '../model/dialect';
import { DERControlBase, DERSettings } from '../model/der';
import { Time } from '../model/time';
import { dialectOf, faults, received } from './testing/received';
import { write } from './write';

const time: Time = { currentTime: 1, dstEndTime: 1, dstOffset: 0, dstStartTime: 0, quality: 7, tzOffset: 0 };

it('knows each dialect again, as far as a document tells', () => {
  const settings = { setGradW: 1, setMaxW: { multiplier: 0, value: 1 }, updatedTime: 1, doeModesEnabled: '0F' };
  for (const dialect of Object.values(dialects)) {
    expect(dialectOf(write(DERSettings, settings, { dialect }))).toBe(dialect);
    const plain = dialects[dialect.draft ? 'draft-2.0.4' : dialect.schemaVer ? '2023' : '2018'];
    expect(dialectOf(write(Time, time, { dialect, declaration: true }))).toBe(plain);
  }
  expect(() => dialectOf('<html><body/></html>')).toThrow(/no dialect/);
});

it('finds the one body in a thousand that is not valid', async () => {
  for (let currentTime = 0; currentTime < 1000; currentTime++)
    expect(received(write(Time, { ...time, currentTime }, { dialect: dialects['2018'] }))).toContain(`${currentTime}`);
  received('');
  expect(await faults()).toEqual([]);
  const bad = write(Time, time, { dialect: dialects['2018'] }).replace('<quality>7</quality>', '');
  received(bad);
  received(write(DERControlBase, {}, { dialect: dialects['csipaus-1.3'] }));
  const found = await faults();
  expect(found[0]).toMatch(/quality|tzOffset/);
  expect(found.at(-1)).toContain(bad);
  expect(await faults()).toEqual([]);
});
