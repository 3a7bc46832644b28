import { type Heard } from './heard';
import { requestFaults, trafficFaults } from './request-rules';

const get: Heard = {
  method: 'GET',
  path: '/tm?s=0&l=1',
  requestHeaders: { accept: 'application/sep+xml' },
  requestBody: '',
  status: 200,
  reason: '',
  headers: {},
  body: '',
  at: 100,
  lfdi: 'A',
  resource: 'Time',
  offered: true,
  faults: [],
  protocol: 'TLSv1.2',
  cipher: 'ECDHE-ECDSA-AES128-CCM8',
};
const put: Heard = {
  ...get,
  method: 'PUT',
  path: '/ders',
  resource: 'DERStatus',
  requestHeaders: { 'content-type': 'application/sep+xml' },
  requestBody: '<DERStatus xmlns="urn:ieee:std:2030.5:ns"><readingTime>1</readingTime></DERStatus>',
};

it('finds nothing wrong with what is right', () => expect([requestFaults(get), requestFaults(put)]).toEqual([[], []]));

it.each<[string, Heard, string]>([
  ['no Accept', { ...get, requestHeaders: {} }, 'Accept is missing'],
  ['a path of its own', { ...get, offered: false }, 'nothing the server sent has named this path'],
  ['an odd query', { ...get, path: '/tm?page=1' }, 'the query has page=1'],
  ['a long URI', { ...get, path: `/${'x'.repeat(300)}` }, 'the URI has 301 bytes'],
  ['TLS 1.3', { ...get, protocol: 'TLSv1.3' }, 'protocol is TLSv1.3'],
  ['another suite', { ...get, cipher: 'AES256' }, 'cipher suite is AES256'],
  ['a GET with a body', { ...get, requestBody: 'x' }, 'a GET with a body'],
  ['a method that is an error', { ...get, method: 'DELETE' }, 'DELETE is an error for Time'],
  ['another media type', { ...put, requestHeaders: { 'content-type': 'text/xml' } }, 'Content-Type is text/xml'],
  ['no XML', { ...put, requestBody: '<DERStatus' }, 'not well-formed'],
  [
    'a body against the schema',
    { ...put, requestBody: put.requestBody.replace(/readingTime/g, 'time') },
    '/DERStatus/time: no such element',
  ],
])('finds %s', (_name, heard, text) => expect(requestFaults(heard).join()).toContain(text));

it('finds hammering, and not polling', () => {
  const times = (count: number, everyS: number) =>
    Array.from({ length: count }, (_, i) => ({ ...get, at: 100 + i * everyS }));
  expect(trafficFaults(times(100, 5))).toEqual([]);
  expect(trafficFaults(times(20, 0.1))).toEqual(['GET /tm: asked for more than 12 times within 10 s']);
});
