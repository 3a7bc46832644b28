/** Wrong in HTTP: statuses, headers, media types. */
import { type Answer, type Request } from '../../src/protocol/exchange';
import { answered, heard, shown, type Mutant } from './mutant';

const status =
  (now: number, headers: Record<string, string> = {}) =>
  (answer: Answer): Answer => ({ ...answer, status: now, headers: { ...answer.headers, ...headers }, body: '' });
const is =
  (was: number, method?: string) =>
  (answer: Answer, request: Request): boolean =>
    answer.status === was && (method === undefined || request.method === method);
const without =
  (header: string) =>
  (answer: Answer): Answer => ({
    ...answer,
    headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => name.toLowerCase() !== header)),
  });
const withHeader =
  (name: string, value: string) =>
  (answer: Answer): Answer => ({
    ...answer,
    headers: { ...answer.headers, [name]: value },
  });
const anyGet = (answer: Answer, { method }: Request) => answer.status === 200 && method === 'GET';
const padded = (answer: Answer): Answer => ({ ...answer, body: `${answer.body} ` });

export const httpMutants: readonly Mutant[] = [
  answered('answers a PUT with 200', 'CORE-014', is(204, 'PUT'), status(200)),
  answered('answers 404 for 405', 'CORE-002', is(405), status(404)),
  answered('answers 405 without Allow', 'CORE-002', is(405), without('allow')),
  answered('allows POST where it does not take it', 'CORE-002', is(405), withHeader('Allow', 'GET, HEAD, POST')),
  answered('answers 500 for a body it cannot read', 'CORE-002', is(400, 'POST'), status(500)),
  answered('answers 201 without Location', 'CORE-002', is(201), without('location')),
  answered('answers a POST with 200', 'CORE-002', is(201, 'POST'), status(200)),
  answered('answers 410 for what is not there', 'CORE-002', is(404), status(410)),
  answered('answers 401 for what is not there', 'CORE-002', is(404), status(401)),
  answered('sends errors as HTML', 'CORE-002', is(404), answer => ({
    ...answer,
    headers: { ...answer.headers, 'Content-Type': 'text/html' },
    body: '<html><body>Not found</body></html>',
  })),
  answered('closes the connection after each answer', 'COMM-002', anyGet, withHeader('Connection', 'close')),
  answered('sends application/xml', 'COMM-002', anyGet, withHeader('Content-Type', 'application/xml')),
  answered('answers a HEAD with another length', 'COMM-002', is(200, 'HEAD'), padded),
  answered('answers a HEAD with 405', 'COMM-002', is(200, 'HEAD'), status(405, { Allow: 'GET' })),
  answered('says 204 to a DELETE and keeps what was there', 'CORE-002', is(404, 'GET'), (answer, request, inside) =>
    request.url.includes('/lel/') ? inside.ask({ ...request, url: request.url.replace(/\/lel\/.*/, '/lel') }) : answer,
  ),
  heard('serves whatever is accepted', 'CORE-001', request => ({ ...request, accept: '*/*' })),
  heard('takes any media type', 'CORE-001', request => ({ ...request, contentType: 'application/sep+xml' })),
  heard('does not miss the Host', 'CORE-002', request => ({ ...request, namesHost: true })),
  answered(
    'compares media types letter by letter',
    'CORE-001',
    (_answer, { accept = '' }) => accept.includes('Application/SEP'),
    status(406),
  ),
  answered(
    'refuses a charset',
    'CORE-001',
    (_answer, { contentType = '' }) => contentType.includes('charset'),
    status(415),
  ),
  shown('writes the draft namespace', 'COMM-002', '', xml =>
    xml.replace('urn:ieee:std:2030.5:ns', 'http://ieee.org/2030.5'),
  ),
  shown('adds an element of its own', 'COMM-002', 'DeviceCapability', xml =>
    xml.replace('</Dev', '<vendor>x</vendor></Dev'),
  ),
  shown('links with absolute URIs', 'COMM-002', 'DeviceCapability', xml =>
    xml.replace(/Link href="/g, 'Link href="https://server'),
  ),
  shown('links to what is not there', 'COMM-002', 'DeviceCapability', xml =>
    xml.replace(/href="\/tm"/, 'href="/time"'),
  ),
  shown('tells the href of another resource', 'COMM-002', 'DeviceCapability', xml =>
    xml.replace('href="/dcap"', 'href="/"'),
  ),
  shown('tells lists without all in their links', 'COMM-002', 'DeviceCapability', xml =>
    xml.replace(/ all="\d+"/g, ''),
  ),
];
