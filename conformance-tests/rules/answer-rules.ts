/**
 * What must hold for every answer of every procedure (CTP 3.2.2): status discipline, headers, media type, schema, list
 * attributes, and the method modes of the standard's WADL. Nothing here asks the server anything.
 */
import { allResources } from '../../src/model';
import { type Complex } from '../../src/model/dsl';
import { type Method, type Mode } from '../../src/model/resource';
import { linkFaults, listFaults } from './list-rules';
import { documentType, schemaFaults } from './schema';
import { attribute, parseXml, type XmlNode } from './xml';

export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly protocol: string;
}

/** Types of the resources met so far by path: a document tells its own, and those of what it links to. */
export class Known {
  private readonly types = new Map<string, Complex>();

  at(path: string): Complex | undefined {
    return this.types.get(path.split('?', 1)[0] ?? path);
  }

  learn(path: string, type: Complex): void {
    this.types.set(path.split('?', 1)[0] ?? path, type);
  }
}

/** Everything that is wrong with one answer, in words. */
export function answerFaults(answer: Answered, known: Known): string[] {
  const { method, path, status, headers, body, protocol } = answer;
  const faults: string[] = [];
  if (protocol !== 'TLSv1.2') faults.push(`protocol is ${protocol}, not TLSv1.2`);
  if (headers['content-length'] === undefined && status !== 204) faults.push('no Content-Length');
  if (method !== 'HEAD' && Number(headers['content-length'] ?? 0) !== Buffer.byteLength(body))
    faults.push(`Content-Length is ${headers['content-length']}, the body has ${Buffer.byteLength(body)} bytes`);
  if (headers['transfer-encoding'] !== undefined) faults.push(`Transfer-Encoding: ${headers['transfer-encoding']}`);
  if (status < 500 && headers['date'] === undefined) faults.push('no Date');
  if (status < 400 && /close/i.test(headers['connection'] ?? ''))
    faults.push('the connection is closed on a good answer');
  faults.push(...statusFaults(answer), ...modeFaults(answer, known));
  if (body !== '') faults.push(...bodyFaults(answer, known));
  return faults.map(text => `${method} ${path}: ${text}`);
}

function statusFaults({ method, status, headers, body }: Answered): string[] {
  const faults: string[] = [];
  const good = status >= 200 && status <= 299;
  if (status === 201 && !headers['location']) faults.push('201 without Location');
  if ([301, 302, 307, 308].includes(status) && !headers['location']) faults.push(`${status} without Location`);
  if (status === 405 && !headers['allow']) faults.push('405 without Allow');
  if (status === 401) faults.push('401: 2030.5 has no challenge; 403 or 404 is meant');
  if (status >= 500 && status !== 501 && status !== 503) faults.push(`status ${status}`);
  if (status === 204 && body !== '') faults.push('204 with a body');
  if (method === 'GET' && good && (status !== 200 || body === ''))
    faults.push(`a GET answered ${status}, ${body.length} bytes`);
  if (method === 'HEAD' && good && status !== 200) faults.push(`a HEAD answered ${status}`);
  if (method === 'PUT' && good && status !== 204 && status !== 201) faults.push(`a PUT answered ${status}, want 204`);
  if (method === 'POST' && good && ![200, 201, 204].includes(status)) faults.push(`a POST answered ${status}`);
  if (method === 'DELETE' && good && ![200, 204].includes(status)) faults.push(`a DELETE answered ${status}`);
  return faults;
}

const modesOf = (type: Complex, method: Method): Mode[] =>
  allResources.filter(resource => resource.type === type).map(({ methods }) => methods[method] ?? 'E');

/** A method that is an error for every resource of the type is refused; one that is mandatory for all is offered. */
function modeFaults({ method, path, status }: Answered, known: Known): string[] {
  const type = known.at(path);
  if (!type) return [];
  const modes = modesOf(type, (method === 'HEAD' ? 'GET' : method) as Method);
  if (modes.length === 0 || !['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(method)) return [];
  if (modes.every(mode => mode === 'E') && ![400, 403, 404, 405].includes(status))
    return [`${method} is an error for ${type.name}, answered ${status}, want 405`];
  if (modes.every(mode => mode === 'M') && [405, 501].includes(status))
    return [`${method} is mandatory for ${type.name}, answered ${status}`];
  return [];
}

function bodyFaults({ method, path, status, headers, body }: Answered, known: Known): string[] {
  if (!/^application\/sep\+xml\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return [`Content-Type is ${headers['content-type']}`];
  if (method === 'HEAD') return ['a HEAD with a body'];
  const root = parseXml(body);
  if (typeof root === 'string') return [`not well-formed: ${root}`];
  const faults = schemaFaults(root);
  const type = documentType(root);
  if (status >= 400) return type?.name === 'Error' ? faults : [...faults, `a ${root.name} with status ${status}`];
  if (!type || method !== 'GET') return faults;
  const linked = known.at(path);
  if (linked && linked !== type) faults.push(`a ${type.name}, where a ${linked.name} was linked`);
  known.learn(path, type);
  learnLinks(root, known);
  const own = attribute(root, 'href');
  if (own !== undefined && own.split('?', 1)[0] !== path.split('?', 1)[0]) faults.push(`its href is ${own}`);
  return [...faults, ...listFaults(type, root, path), ...linkFaults(root)];
}

/** `DERControlListLink` leads to a DERControlList, and an entry of a list is at its own href. */
function learnLinks(node: XmlNode, known: Known): void {
  for (const child of node.children) {
    const href = attribute(child, 'href');
    const name = child.name.replace(/Link$/, '').replace(/^Active(?=DERControlList$)/, '');
    const type = documentType({ ...child, name });
    if (href !== undefined && type && /Link$/.test(child.name) && !known.at(href)) known.learn(href, type);
    else if (href !== undefined && type?.name === child.name && !known.at(href)) known.learn(href, type);
    learnLinks(child, known);
  }
}
