/** Prints the model as XML Schema: one document for the base namespace of a dialect, one more for its extension. */
import { complexTypes, simpleTypes } from '../model';
import { isDocument, type Dialect } from '../model/dialect';
import { baseOf, elementOf, type AnyType, type Complex, type Field, type Simple } from '../model/dsl';
import { SEPVersion } from '../model/primitives';
import { attributesOf, elementsOf } from '../model/spoken';
import { extensionOf, extensionPrefix, placeOf } from './plan';

export interface SchemaFile {
  readonly file: string;
  readonly content: string;
}

const basePrefix = 'sep';
const notice = 'Printed by `headroom docs` from src/model, which was written by hand. Do not edit.';

/** What is being printed: which dialect, and which of its two namespaces. */
interface Sheet {
  readonly dialect: Dialect;
  readonly place: 'base' | 'extension';
}

/** File name of a dialect's schema; documents are validated against this one. */
export const schemaFileOf = (dialect: Dialect): string => `ieee-2030.5-${dialect.id}.xsd`;
export const extensionFileOf = (dialect: Dialect): string => `${dialect.id}-extension.xsd`;

/** The schema of a dialect: its base document first, then that of its extension if it has one. */
export function printXsd(dialect: Dialect): SchemaFile[] {
  const base: Sheet = { dialect, place: 'base' };
  const files = [{ file: schemaFileOf(dialect), content: printSheet(base, dialect.namespace) }];
  const extension = extensionOf(dialect);
  if (extension !== undefined)
    files.push({ file: extensionFileOf(dialect), content: printSheet({ dialect, place: 'extension' }, extension) });
  return files;
}

function printSheet(sheet: Sheet, namespace: string): string {
  const { dialect, place } = sheet;
  const extension = extensionOf(dialect);
  const other =
    place === 'base'
      ? extension && { prefix: extensionPrefix, namespace: extension, file: extensionFileOf(dialect) }
      : { prefix: basePrefix, namespace: dialect.namespace, file: schemaFileOf(dialect) };
  const here = <T extends AnyType>(types: Iterable<T>) => [...types].filter(t => placeOf(t, dialect) === place);
  const simple = here(simpleTypes.values());
  const complex = here(complexTypes.values());
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${notice} -->`,
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${namespace}"${other ? ` xmlns:${other.prefix}="${other.namespace}"` : ''} targetNamespace="${namespace}" elementFormDefault="qualified">`,
    ...(other ? [`  <xs:import namespace="${other.namespace}" schemaLocation="${other.file}"/>`] : []),
    ...simple.map(t => printSimple(t, sheet)),
    ...complex.map(t => printComplex(t, sheet)),
    ...(isRoomy(dialect) ? [laterRevision] : []),
    ...globals(sheet, simple, complex),
    '</xs:schema>',
    '',
  ].join('\n');
}

/** Global elements: every structure and renamed type; in the extension, structures and the elements it lends to the base. */
function globals(sheet: Sheet, simple: readonly Simple[], complex: readonly Complex[]): string[] {
  const elements = new Map<string, AnyType>();
  const { dialect } = sheet;
  if (!isRoomy(dialect))
    for (const t of simple) if (t.form === 'rename' && sheet.place === 'base') elements.set(t.name, t);
  for (const t of complex) if (isDocument(t, dialect)) elements.set(elementOf(t), t);
  if (sheet.place === 'extension')
    for (const host of complexTypes.values())
      for (const [name, field] of Object.entries(host.fields))
        if (!host.layer && placeOf(field, dialect) === 'extension') elements.set(name, field.type);
  return [...elements].map(([name, type]) =>
    isRoomy(dialect)
      ? printVersioned(name, nameOf(type, sheet))
      : `  <xs:element name="${name}" type="${nameOf(type, sheet)}"/>`,
  );
}

/** The schemas since 2.2 have a `schemaVer` on the root, and room in every type for later revisions and for others. */
const isRoomy = ({ schemaVer }: Dialect): boolean => schemaVer !== undefined;
const roomForOthers = '<xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>';
const roomForAttributes = '<xs:anyAttribute processContents="lax"/>';
const laterRevision = `  <xs:complexType name="Revision2_3Type">
    <xs:sequence>
      <xs:any namespace="##targetNamespace" processContents="lax" maxOccurs="unbounded"/>
    </xs:sequence>
    ${roomForAttributes}
  </xs:complexType>`;

/** `schemaVer` stands on the root alone, so it belongs to the element and not to its type. 2.1 had none. */
const printVersioned = (name: string, type: string): string => `  <xs:element name="${name}">
    <xs:complexType>
      <xs:complexContent>
        <xs:extension base="${type}">
          <xs:attribute name="schemaVer" type="${SEPVersion.name}" default="2.1"/>
        </xs:extension>
      </xs:complexContent>
    </xs:complexType>
  </xs:element>`;

function nameOf(type: AnyType, { dialect, place }: Sheet): string {
  if (type.kind === 'simple' && type.form === 'builtin') return type.name;
  const home = placeOf(type, dialect);
  if (home === place) return type.name;
  return `${home === 'extension' ? extensionPrefix : basePrefix}:${type.name}`;
}

function printSimple(type: Simple, sheet: Sheet): string {
  const { name, base, form } = type;
  if (!base) throw new RangeError(`${name} has no base`);
  const on = nameOf(base, sheet);
  if (form === 'rename') {
    const attributes = [
      ...(type.disables ? ['<xs:attribute name="disabled" type="xs:boolean" default="false"/>'] : []),
      ...(isRoomy(sheet.dialect) ? [roomForAttributes] : []),
    ];
    return [
      `  <xs:complexType name="${name}">`,
      '    <xs:simpleContent>',
      ...(attributes.length === 0
        ? [`      <xs:extension base="${on}"/>`]
        : [`      <xs:extension base="${on}">`, ...attributes.map(a => `        ${a}`), '      </xs:extension>']),
      '    </xs:simpleContent>',
      '  </xs:complexType>',
    ].join('\n');
  }
  const facet = (kind: string, value: number | string) => `      <xs:${kind} value="${value}"/>\n`;
  const facets =
    (type.length !== base.length && type.length !== undefined ? facet('maxLength', type.length) : '') +
    (type.min !== base.min && type.min !== undefined ? facet('minInclusive', type.min) : '') +
    (type.max !== base.max && type.max !== undefined ? facet('maxInclusive', type.max) : '') +
    (type.pattern === undefined ? '' : facet('pattern', type.pattern));
  const restriction = facets
    ? `<xs:restriction base="${on}">\n${facets}    </xs:restriction>`
    : `<xs:restriction base="${on}"/>`;
  return `  <xs:simpleType name="${name}">\n    ${restriction}\n  </xs:simpleType>`;
}

function printComplex(type: Complex, sheet: Sheet): string {
  const { dialect } = sheet;
  const levels = printedWith(type, dialect);
  const printedBase = baseOf(levels[0] ?? type, dialect.layers);
  const indent = printedBase ? '        ' : '    ';
  const elements = levels
    .flatMap(level => elementsOf(level, dialect))
    .flatMap(({ name, field }) => printElement(name, field, type, sheet));
  if (isRoomy(dialect)) {
    elements.push(`<xs:element name="${type.name}_r2_3" type="Revision2_3Type" minOccurs="0"/>`);
    if (!printedBase) elements.push(roomForOthers);
  }
  const sequence = elements.length
    ? [`${indent}<xs:sequence>`, ...elements.map(e => `${indent}  ${e}`), `${indent}</xs:sequence>`]
    : [];
  const attributes = levels
    .flatMap(level => attributesOf(level, dialect))
    .filter(({ field }) => placeOf(field, dialect))
    .map(({ name, field }) => `${indent}${printAttribute(name, field, sheet)}`);
  if (isRoomy(dialect)) attributes.push(`${indent}${roomForAttributes}`);
  const inner = [...sequence, ...attributes];
  if (!printedBase)
    return inner.length
      ? [`  <xs:complexType name="${type.name}">`, ...inner, '  </xs:complexType>'].join('\n')
      : `  <xs:complexType name="${type.name}"/>`;
  const base = nameOf(printedBase, sheet);
  const extension = inner.length
    ? [`      <xs:extension base="${base}">`, ...inner, '      </xs:extension>']
    : [`      <xs:extension base="${base}"/>`];
  return [
    `  <xs:complexType name="${type.name}">`,
    '    <xs:complexContent>',
    ...extension,
    '    </xs:complexContent>',
    '  </xs:complexType>',
  ].join('\n');
}

/** A type after those of its bases that the dialect does not have: what they say is printed as said by the type. */
function printedWith(type: Complex, dialect: Dialect): Complex[] {
  const base = baseOf(type, dialect.layers);
  return base && !placeOf(base, dialect) ? [...printedWith(base, dialect), type] : [type];
}

function printElement(name: string, field: Field, host: Complex, sheet: Sheet): string[] {
  const place = placeOf(field, sheet.dialect);
  if (!place) return [];
  const min = field.demanded ? 1 : field.min;
  const bounds = `${min === 1 ? '' : ` minOccurs="${min}"`}${field.max === 1 ? '' : ` maxOccurs="${field.max === Infinity ? 'unbounded' : field.max}"`}`;
  // An element that an extension lends to a type of the base is declared over there.
  if (place === 'extension' && !host.layer) return [`<xs:element ref="${extensionPrefix}:${name}"${bounds}/>`];
  const type = field.was && sheet.dialect.layers['2023'] === undefined ? field.was : field.type;
  const fallback = field.whenEmpty !== undefined && isRoomy(sheet.dialect) ? ` default="${field.whenEmpty}"` : '';
  return [`<xs:element name="${name}" type="${nameOf(type, sheet)}"${bounds}${fallback}/>`];
}

function printAttribute(name: string, field: Field, sheet: Sheet): string {
  const use = field.cardinality === 'one' ? ' use="required"' : '';
  const fallback = field.default === undefined ? '' : ` default="${field.default}"`;
  return `<xs:attribute name="${name}" type="${nameOf(field.type, sheet)}"${use}${fallback}/>`;
}
