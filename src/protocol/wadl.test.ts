/**
 * Every resource of the model × GET, HEAD, PUT, POST, DELETE: the status of each cell follows from its mode in the standard's
 * WADL. Mandatory cells work, cells that are errors and those we do not offer are 405 with the right Allow.
 */
import { printXsd } from '../codec/print-xsd';
import { validate } from '../codec/testing/xmllint';
import { allResources } from '../model';
import { dialects } from '../model/dialect';
import { DERControlResponse } from '../model/response';
import { type Method, type Resource } from '../model/resource';
import { dialect, everything, meterReading, valueOf, xmlOf } from './testing/everything';
import { lfdiA, lfdiB, t0 } from './testing/port';

/** Optional and discouraged cells this server offers all the same. Whoever adds one adds it to docs/choices.md too. */
const offered: Readonly<Record<string, readonly Method[]>> = {
  'edev.devices': ['POST'],
  'edev.device': ['PUT'],
  'mirror.mirror': ['GET'],
  'response.sets': ['GET'],
  'response.set': ['GET'],
  'response.responses': ['GET'],
  'response.response': ['GET'],
};
const offers = ({ name, type, methods }: Resource, method: Method): boolean => {
  if (methods[method] === 'M') return true;
  if (offered[name]?.includes(method)) return true;
  // what only a device can know of its network
  if (!name.startsWith('networkStatus.') || method === 'GET') return false;
  return type.item ? method === 'POST' : method !== 'POST';
};

/** Resources of the client: the server posts to them and has none of its own. */
const unserved = (resource: Resource): boolean => resource.path.startsWith('/ntfy');

const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const;

function want(resource: Resource, method: (typeof methods)[number]): number {
  if (unserved(resource)) return 404;
  if (method === 'HEAD') return want(resource, 'GET');
  if (!offers(resource, method)) return 405;
  if (resource.name === 'edev.devices' && method === 'POST') return 409; // this device is registered already
  return { GET: 200, PUT: 204, POST: 201, DELETE: 204 }[method];
}

const allowOf = (resource: Resource): string =>
  (['GET', 'PUT', 'POST', 'DELETE'] as const)
    .filter(method => offers(resource, method))
    .flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');

function bodyFor({ type, name }: Resource, method: string, derc: string): string {
  if (name === 'mirror.mirror' && method === 'POST')
    return meterReading.replaceAll('0123456789ABCDEF0123456700099999', '0123456789ABCDEF0123456800099999');
  if (name === 'mirror.mirrors') return xmlOf(type.item ?? type).replace('0123456789ABCDEF', '1123456789ABCDEF');
  if (name === 'response.responses')
    return xmlOf(DERControlResponse, { endDeviceLFDI: lfdiA, status: 2, subject: derc, createdDateTime: t0 });
  return xmlOf(type.item ?? type, valueOf(type.item ?? type));
}

const bodies: string[] = [];
let cells = 0;

it.each(allResources.map(resource => [resource.name, resource] as const))('%s', async (_name, resource) => {
  const { ask, at, derc } = await everything();
  const path = at(resource);
  for (const method of methods) {
    const answer = await ask(path, { method, body: bodyFor(resource, method, derc) });
    const cell = [method, path] as const;
    expect([...cell, answer.status, answer.problem?.message]).toEqual([
      ...cell,
      want(resource, method),
      answer.status < 400 ? undefined : (expect.any(String) as string),
    ]);
    cells++;
    if (answer.status === 405) expect([...cell, answer.headers['Allow']]).toEqual([...cell, allowOf(resource)]);
    if (answer.status === 201) expect((await ask(answer.headers['Location'] ?? '')).status).toBe(200);
    if (answer.status === 204 && method === 'DELETE') expect((await ask(path)).status).toBe(404);
    if (method === 'GET' && answer.status === 200) bodies.push(answer.body);
    // To another device none of it is there, except the resources everybody has one of.
    if (resource.path.includes(':')) {
      const theirs = await ask(path, { method, lfdi: lfdiB, body: '<x/>' });
      expect([...cell, 'asked by B', theirs.status]).toEqual([...cell, 'asked by B', 404]);
    }
  }
});

it('has looked at every cell, and at nothing that is not valid by the schema', async () => {
  expect(cells).toBe(allResources.length * methods.length);
  expect(bodies.length).toBe(allResources.filter(resource => !unserved(resource)).length);
  expect(await validate(bodies, printXsd(dialects[dialect]))).toEqual([]);
});

it('answers every link it gives', async () => {
  const { ask } = await everything();
  const seen = new Map<string, number>();
  const queue = ['/dcap'];
  for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
    if (seen.has(url)) continue;
    const { status, body } = await ask(url);
    seen.set(url, status);
    for (const [, href = '', all] of body.matchAll(/Link href="(\/[^"?]+)"(?: all="(\d+)")?/g)) {
      queue.push(href);
      if (all === undefined) continue;
      const list = await ask(`${href}?l=0`);
      expect([url, href, /all="(\d+)"/.exec(list.body)?.[1]]).toEqual([url, href, all]);
    }
    if (/ results="/.test(body) && !url.includes('?')) queue.push(`${url}?l=255`);
    for (const [, href = ''] of body.matchAll(/<\w+ href="(\/[^"]+)"/g)) queue.push(href);
  }
  expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
  expect(seen.size).toBeGreaterThan(100);
});
