/** Prints the model as XML Schema: one document for the base namespace of a dialect, one more for its extension. */
import { complexTypes, simpleTypes } from '../model';
import { type Dialect } from '../model/dialect';
import { elementOf, type AnyType, type Complex, type Field, type Simple } from '../model/dsl';
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
    ...globals(sheet, simple, complex),
    '</xs:schema>',
    '',
  ].join('\n');
}

/** Global elements: every structure and renamed type; in the extension, structures and the elements it lends to the base. */
function globals(sheet: Sheet, simple: readonly Simple[], complex: readonly Complex[]): string[] {
  const elements = new Map<string, AnyType>();
  for (const t of simple) if (t.form === 'rename' && sheet.place === 'base') elements.set(t.name, t);
  for (const t of complex) if (!t.inner) elements.set(elementOf(t), t);
  if (sheet.place === 'extension')
    for (const host of complexTypes.values())
      for (const [name, field] of Object.entries(host.fields))
        if (!host.layer && placeOf(field, sheet.dialect) === 'extension') elements.set(name, field.type);
  return [...elements].map(([name, type]) => `  <xs:element name="${name}" type="${nameOf(type, sheet)}"/>`);
}

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
  if (form === 'rename')
    return `  <xs:complexType name="${name}">\n    <xs:simpleContent>\n      <xs:extension base="${on}"/>\n    </xs:simpleContent>\n  </xs:complexType>`;
  const facet = (kind: string, value: number) => `      <xs:${kind} value="${value}"/>\n`;
  const facets =
    (type.length !== base.length && type.length !== undefined ? facet('maxLength', type.length) : '') +
    (type.min !== base.min && type.min !== undefined ? facet('minInclusive', type.min) : '') +
    (type.max !== base.max && type.max !== undefined ? facet('maxInclusive', type.max) : '');
  const restriction = facets
    ? `<xs:restriction base="${on}">\n${facets}    </xs:restriction>`
    : `<xs:restriction base="${on}"/>`;
  return `  <xs:simpleType name="${name}">\n    ${restriction}\n  </xs:simpleType>`;
}

function printComplex(type: Complex, sheet: Sheet): string {
  const indent = type.base ? '        ' : '    ';
  const elements = Object.entries(type.fields).flatMap(([name, field]) => printElement(name, field, type, sheet));
  const sequence = elements.length
    ? [`${indent}<xs:sequence>`, ...elements.map(e => `${indent}  ${e}`), `${indent}</xs:sequence>`]
    : [];
  const attributes = Object.entries(type.attributes)
    .filter(([, field]) => placeOf(field, sheet.dialect))
    .map(([name, field]) => `${indent}${printAttribute(name, field, sheet)}`);
  const inner = [...sequence, ...attributes];
  if (!type.base)
    return inner.length
      ? [`  <xs:complexType name="${type.name}">`, ...inner, '  </xs:complexType>'].join('\n')
      : `  <xs:complexType name="${type.name}"/>`;
  const base = nameOf(type.base, sheet);
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

function printElement(name: string, field: Field, host: Complex, sheet: Sheet): string[] {
  const place = placeOf(field, sheet.dialect);
  if (!place) return [];
  const min = field.demanded ? 1 : field.min;
  const bounds = `${min === 1 ? '' : ` minOccurs="${min}"`}${field.max === 1 ? '' : ` maxOccurs="${field.max === Infinity ? 'unbounded' : field.max}"`}`;
  // An element that an extension lends to a type of the base is declared over there.
  if (place === 'extension' && !host.layer) return [`<xs:element ref="${extensionPrefix}:${name}"${bounds}/>`];
  return [`<xs:element name="${name}" type="${nameOf(field.type, sheet)}"${bounds}/>`];
}

function printAttribute(name: string, field: Field, sheet: Sheet): string {
  const use = field.cardinality === 'one' ? ' use="required"' : '';
  const fallback = field.default === undefined ? '' : ` default="${field.default}"`;
  return `<xs:attribute name="${name}" type="${nameOf(field.type, sheet)}"${use}${fallback}/>`;
}
