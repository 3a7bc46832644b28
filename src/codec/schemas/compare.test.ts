import { join } from 'node:path';
import { dialects } from '../../model/dialect';
import { printWadl } from '../print-wadl';
import { printXsd } from '../print-xsd';
import { compareFacts } from './compare';
import { factsOf } from './facts';
import { officialDir, officialSchema } from './official';
import { compareWadl, wadlFacts } from './wadl-facts';

const schema = (body: string) => [
  {
    file: 'a.xsd',
    content: `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:a" targetNamespace="urn:a">${body}</xs:schema>`,
  },
];
const sequence = (...elements: string[]) =>
  schema(`<xs:complexType name="T"><xs:sequence>${elements.join('')}</xs:sequence></xs:complexType>`);
const differences = (ours: ReturnType<typeof schema>, theirs: ReturnType<typeof schema>) =>
  compareFacts(factsOf(ours), factsOf(theirs)).differences;

const a = '<xs:element name="a" type="xs:int"/>';
const b = '<xs:element name="b" type="xs:int" minOccurs="0"/>';

describe('the comparison', () => {
  it('sees through prefixes, notes, spelled-out defaults and the order of attributes', () => {
    const ours = schema(
      '<xs:complexType name="T"><xs:attribute name="x" type="S"/><xs:attribute name="y" type="S"/></xs:complexType>',
    );
    const theirs = [
      {
        file: 'b.xsd',
        content:
          '<q:schema xmlns:q="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:a" targetNamespace="urn:a"><q:complexType name="T"><q:annotation><q:documentation>x</q:documentation></q:annotation><q:attribute type="t:S" name="y" use="optional"/><q:attribute name="x" type="t:S"/></q:complexType></q:schema>',
      },
    ];
    expect(differences(ours, theirs)).toEqual([]);
    expect(differences(sequence(a), sequence(a.replace('/>', ' minOccurs="1" maxOccurs="1"/>')))).toEqual([]);
  });

  it.each([
    ['order', sequence(a, b), sequence(b, a), /another order/],
    ['a missing element', sequence(a), sequence(a, b), /theirs has element \{urn:a\}b xs:int 0\.\.1/],
    ['an element too many', sequence(a, b), sequence(a), /ours has element \{urn:a\}b/],
    ['cardinality', sequence(a), sequence(a.replace('/>', ' maxOccurs="2"/>')), /1\.\.2/],
    ['a type', sequence(a), sequence(a.replace('xs:int', 'xs:long')), /xs:long/],
    ['a default', sequence(b), sequence(b.replace('/>', ' default="0"/>')), /default 0/],
    [
      'a base',
      schema('<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>'),
      schema('<xs:simpleType name="T"><xs:restriction base="xs:long"/></xs:simpleType>'),
      /restriction of xs:long/,
    ],
    [
      'a facet',
      schema('<xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType>'),
      schema(
        '<xs:simpleType name="T"><xs:restriction base="xs:int"><xs:maxInclusive value="9"/></xs:restriction></xs:simpleType>',
      ),
      /facet maxInclusive 9/,
    ],
    ['a missing type', schema(''), sequence(a), /ours has no such type/],
    ['a global element', schema(''), schema('<xs:element name="T" type="T"/>'), /element \{urn:a\}T: ours has none/],
  ])('sees %s', (_what, ours, theirs, message) => {
    const found = differences(ours, theirs);
    expect(found).not.toEqual([]);
    expect(found.join('\n')).toMatch(message);
  });

  it('reads a redefinition as what it comes to', () => {
    const [base] = sequence(a);
    const [extended] = schema(
      `<xs:redefine schemaLocation="a.xsd"><xs:complexType name="T"><xs:complexContent><xs:extension base="T"><xs:sequence>${b}</xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:redefine>`,
    );
    if (!base || !extended) throw new Error('no schema');
    expect(compareFacts(factsOf(sequence(a, b)), factsOf([extended, base])).differences).toEqual([]);
  });

  it('refuses parts of XML Schema it does not know', () => {
    expect(() => factsOf(schema('<xs:complexType name="T"><xs:choice/></xs:complexType>'))).toThrow(/choice/);
  });
});

describe('the official schemas', () => {
  const dir = officialDir(join(__dirname, '..', '..', '..'), process.env);
  for (const dialect of Object.values(dialects).filter(d => !d.draft)) {
    const official = officialSchema(dir, dialect.id);
    if (!official) {
      console.warn(`official schema of ${dialect.id} not found in ${dir}: ours was not compared with it`);
      it(`skipped: official schema of ${dialect.id} is not at hand`, () => undefined);
    } else
      it(`${dialect.id}: say of every type and element what ours say`, () => {
        const found = compareFacts(factsOf(printXsd(dialect)), factsOf(official));
        expect(found.differences).toEqual([]);
        expect(found.identicalTypes).toBeGreaterThan(300);
      });
  }
});

it('a WADL of other methods differs', () => {
  const ours = wadlFacts(printWadl());
  expect(compareWadl(ours, ours)).toEqual([]);
  const [first, ...others] = ours;
  if (!first) throw new Error('no resources');
  expect(compareWadl([{ ...first, methods: [] }, ...others], ours)).toEqual([expect.stringContaining(first.path)]);
  expect(compareWadl(others, ours)).toHaveLength(1);
});
