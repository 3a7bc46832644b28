/** What must hold for every request of a client under test (CTP 3.2.2): headers, media type, schema, methods, links, TLS. */
import { complexTypes, allResources } from '../../src/model';
import { type Method } from '../../src/model/resource';
import { schemaFaults } from '../rules/schema';
import { parseXml } from '../rules/xml';
import { pathOf, type Heard } from './heard';

const longestUrl = 255;
/** The same GET so often within so many seconds is no polling any more. */
const hammered = { times: 12, withinS: 10 };

/** Everything that is wrong with one request, in words. */
export function requestFaults(heard: Heard): string[] {
  const { method, path, requestHeaders: headers, requestBody: body, protocol, cipher, offered } = heard;
  const faults: string[] = [];
  if (protocol !== 'TLSv1.2') faults.push(`protocol is ${protocol}, not TLSv1.2`);
  if (cipher !== 'ECDHE-ECDSA-AES128-CCM8') faults.push(`cipher suite is ${cipher}`);
  if (Buffer.byteLength(path) > longestUrl) faults.push(`the URI has ${Buffer.byteLength(path)} bytes`);
  if (!offered) faults.push('nothing the server sent has named this path');
  if (method === 'GET' || method === 'HEAD') {
    if (!/application\/sep\+xml|application\/\*|\*\/\*/i.test(headers['accept'] ?? ''))
      faults.push(`Accept is ${headers['accept'] ?? 'missing'}`);
    if (body !== '') faults.push('a GET with a body');
    faults.push(...queryFaults(path));
  }
  faults.push(...methodFaults(heard));
  if (method === 'PUT' || method === 'POST') {
    if (!/^application\/sep\+xml\s*(;|$)/i.test(headers['content-type'] ?? ''))
      faults.push(`Content-Type is ${headers['content-type'] ?? 'missing'}`);
    const root = parseXml(body);
    faults.push(...(typeof root === 'string' ? [`not well-formed: ${root}`] : schemaFaults(root)));
  }
  return faults.map(text => `${method} ${path}: ${text}`);
}

function queryFaults(path: string): string[] {
  const [, query] = path.split('?', 2);
  if (query === undefined) return [];
  return [...new URLSearchParams(query)].flatMap(([name, value]) =>
    ['s', 'l', 'a'].includes(name) && /^\d+$/.test(value) ? [] : [`the query has ${name}=${value}`],
  );
}

/** A method that the WADL has as an error for every resource of this kind. */
function methodFaults({ method, resource, status }: Heard): string[] {
  const type = resource === undefined ? undefined : complexTypes.get(resource);
  if (!type || status === 0) return [];
  const modes = allResources
    .filter(each => each.type === type)
    .map(({ methods }) => methods[(method === 'HEAD' ? 'GET' : method) as Method] ?? 'E');
  return modes.length > 0 && modes.every(mode => mode === 'E') ? [`${method} is an error for ${type.name}`] : [];
}

/** What is wrong with a client's requests taken together. */
export function trafficFaults(all: readonly Heard[]): string[] {
  const times = new Map<string, number[]>();
  for (const { method, path, at, lfdi } of all)
    if (method === 'GET') times.set(`${lfdi} ${path}`, [...(times.get(`${lfdi} ${path}`) ?? []), at]);
  return [...times].flatMap(([key, at]) =>
    at.some((from, i) => (at[i + hammered.times] ?? Infinity) - from < hammered.withinS)
      ? [
          `GET ${pathOf(key.split(' ')[1] ?? '')}: asked for more than ${hammered.times} times within ${hammered.withinS} s`,
        ]
      : [],
  );
}
