/** Prints the resources of the model as WADL: paths, methods with the standard's mode for each, documents in and out. */
import { allResources } from '../model';
import { elementOf, type Complex } from '../model/dsl';
import { type Method, type Resource } from '../model/resource';
import { sepNamespace } from '../model/dialect';

const notice = 'Printed by `headroom docs` from src/model, which was written by hand. Do not edit.';
const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;
const mediaType = 'application/sep+xml';
const extension = 'urn:headroom:wadl';

export function printWadl(): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${notice} -->`,
    `<application xmlns="http://wadl.dev.java.net/2009/02" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:hr="${extension}" xmlns:sep="${sepNamespace}">`,
    '  <grammars>',
    '    <include href="ieee-2030.5-2018.xsd"/>',
    '  </grammars>',
    '  <resources base="/">',
    ...allResources.flatMap(printResource),
    '  </resources>',
    '</application>',
    '',
  ].join('\n');
}

function printResource(resource: Resource): string[] {
  const path = resource.path.slice(1).replace(/:(\w+)/g, '{$1}');
  return [
    `    <resource id="${resource.name}" path="${path}">`,
    ...methods.flatMap(method => printMethod(resource, method)),
    '    </resource>',
  ];
}

function printMethod(resource: Resource, method: Method | 'HEAD'): string[] {
  const mode = resource.methods[method === 'HEAD' ? 'GET' : method] ?? 'E';
  const open = `      <method name="${method}" hr:mode="${mode}"`;
  const inner = mode === 'E' ? ['<response status="400 405"/>'] : content(resource, method);
  return [`${open}>`, ...inner.map(line => `        ${line}`), '      </method>'];
}

function content({ type, accepts }: Resource, method: Method | 'HEAD'): string[] {
  const body = (complex: Complex) => `  <representation mediaType="${mediaType}" element="sep:${elementOf(complex)}"/>`;
  const query = ['s', 'l', 'a'].map(name => `  <param name="${name}" style="query" type="xsd:long"/>`);
  switch (method) {
    case 'GET':
    case 'HEAD':
      return [
        ...(type.item ? ['<request>', ...query, '</request>'] : []),
        '<response status="200">',
        ...(method === 'GET' ? [body(type)] : []),
        '</response>',
      ];
    case 'PUT':
      return ['<request>', body(type), '</request>', '<response status="204"/>'];
    case 'POST':
      return [
        '<request>',
        ...(accepts ?? [type.item ?? type]).map(body),
        '</request>',
        '<response status="201">',
        '  <param name="Location" style="header" type="xsd:anyURI" required="true"/>',
        '</response>',
      ];
    case 'DELETE':
      return ['<response status="204"/>'];
  }
}
