/** Every type of the model, in every dialect: what is written is read back, and is valid by our schema and the official one. */
import { join } from 'node:path';
import fc from 'fast-check';
import { complexTypes } from '../model';
import { dialects, isDocument, type Dialect } from '../model/dialect';
import { attributesOf, fieldsOf, type Complex } from '../model/dsl';
import { arbitraryOf } from '../model/testing/arbitrary';
import { printXsd } from './print-xsd';
import { read } from './read';
import { officialDir, officialSchema } from './schemas/official';
import { validate } from './testing/xmllint';
import { write } from './write';

const official = officialDir(join(__dirname, '..', '..'), process.env);
const everyDialect = Object.values(dialects);

jest.setTimeout(120_000);

/** Whether a dialect other than 2018 could write the type in another way. */
const layered = (type: Complex): boolean =>
  type.layer !== undefined ||
  [...fieldsOf(type), ...attributesOf(type)].some(
    ([, f]) => f.layer !== undefined || (f.type.kind === 'complex' && f.type !== type && layered(f.type)),
  );
const typesOf = (dialect: Dialect): Complex[] =>
  [...complexTypes.values()].filter(
    t => isDocument(t, dialect) && (dialect.id === '2018' || dialect.draft || layered(t)),
  );
const optionals = ['all', 'none', 'some'] as const;

describe.each(everyDialect.map(d => [d.id, d] as const))('dialect %s', (id, dialect) => {
  it('reads back every type as it was written, strictly and leniently', () => {
    for (const type of typesOf(dialect))
      for (const [runs, kind] of [
        [3, 'all'],
        [1, 'none'],
        [6, 'some'],
      ] as const)
        fc.assert(
          fc.property(arbitraryOf(type, { dialect, optionals: kind, entries: 2 }), value => {
            const xml = write(type, value, { dialect });
            if (!dialect.draft)
              for (const mode of ['strict', 'lenient'] as const)
                expect(read(type, Buffer.from(xml), { mode })).toEqual({ type, value });
            else {
              // What the draft cannot say is lost the first time, and nothing after that.
              const { value: said } = read(type, Buffer.from(xml), { mode: 'lenient' });
              const again = write(type, said, { dialect });
              expect(read(type, Buffer.from(again), { mode: 'lenient' })).toEqual({ type, value: said });
            }
          }),
          { numRuns: runs },
        );
  });

  const documents = () =>
    typesOf(dialect).flatMap(type =>
      optionals.flatMap(kind =>
        fc
          .sample(arbitraryOf(type, { dialect, optionals: kind, entries: 2 }), {
            numRuns: kind === 'none' ? 1 : 2,
            seed: 2030,
          })
          .map(value => write(type, value, { dialect, root: rootOf(type) })),
      ),
    );

  it('writes what its own schema allows', async () => {
    expect(await validate(documents(), printXsd(dialect))).toEqual([]);
  });

  const theirs = officialSchema(official, id);
  if (dialect.draft) return;
  if (theirs)
    it('writes what the official schema allows', async () => {
      expect(await validate(documents(), theirs)).toEqual([]);
    });
  else {
    console.warn(`official schema of ${id} not found in ${official}: documents were not validated against it`);
    it(`skipped: official schema of ${id} is not at hand`, () => undefined);
  }
});

it('the schemas refuse what they should: a validator that says yes to everything would pass the tests above', async () => {
  const bad = '<DERControl xmlns="urn:ieee:std:2030.5:ns"><mRID>0</mRID></DERControl>';
  for (const schema of [printXsd(dialects['2018']), printXsd(dialects['csipaus-1.3'])])
    expect(await validate([bad], schema)).not.toEqual([]);
});

const rootOf = (type: Complex): string => type.element ?? type.name;
