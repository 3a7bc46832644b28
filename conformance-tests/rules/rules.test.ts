import { answerFaults, Known, type Answered } from './answer-rules';

const ns = 'xmlns="urn:ieee:std:2030.5:ns"';
const answer = (body: string, more: Partial<Answered> = {}): Answered => ({
  method: 'GET',
  path: '/x',
  status: 200,
  protocol: 'TLSv1.2',
  body,
  ...more,
  headers: {
    date: 'Wed, 25 Nov 2026 16:00:00 GMT',
    'content-type': 'application/sep+xml',
    'content-length': String(Buffer.byteLength(body)),
    ...more.headers,
  },
});
const faults = (body: string, more: Partial<Answered> = {}) => answerFaults(answer(body, more), new Known());
const device = (changed: number, sfdi = '1') =>
  `<EndDevice href="/x/${changed}"><sFDI>${sfdi}</sFDI><changedTime>${changed}</changedTime></EndDevice>`;
const list = (all: number, results: number, ...entries: string[]) =>
  `<EndDeviceList ${ns} all="${all}" results="${results}" href="/x">${entries.join('')}</EndDeviceList>`;
const time = (currentTime = '<currentTime>1</currentTime>', quality = '7') =>
  `<Time ${ns} href="/x">${currentTime}<dstEndTime>0</dstEndTime><dstOffset>0</dstOffset><dstStartTime>0</dstStartTime><quality>${quality}</quality><tzOffset>0</tzOffset></Time>`;

it('finds nothing wrong with a good answer', () => {
  expect(faults(time())).toEqual([]);
  expect(faults(list(3, 2, device(9), device(8)), { path: '/x?l=2' })).toEqual([]);
  expect(faults(list(3, 0), { path: '/x?s=3&l=2' })).toEqual([]);
});

it.each([
  ['not well-formed', time('<currentTime>1')],
  ['document type definition', `<!DOCTYPE a><Time ${ns}/>`],
  ['no document of IEEE 2030.5', '<Time/>'],
  ['no such element', time('<now>1</now><currentTime>1</currentTime>')],
  ['missing', time('')],
  ['at most 1', time('<currentTime>1</currentTime><currentTime>1</currentTime>')],
  ['out of order', time().replace(/(<quality>7<\/quality>)(<tzOffset>0<\/tzOffset>)/, '$2$1')],
  ['no UInt8', time(undefined, '256')],
  ['leading zeros', time(undefined, '07')],
  ['no such attribute', time().replace(' href', ' colour="red" href')],
  ['is no local path', list(1, 1, device(1).replace('/x/1', 'https://other/x/1'))],
  ['its href is', time().replace('"/x"', '"/y"')],
  ['upper-case hex', list(1, 1, device(1).replace('<sFDI>', '<lFDI>abcd</lFDI><sFDI>'))],
  ['results is 2', list(2, 2, device(1))],
  ['all is 0', list(0, 1, device(1))],
  ['entries where l is 1', list(2, 2, device(9), device(8))],
  ['no entry from 0 of 2', list(2, 0)],
  ['not in the order of', list(2, 2, device(8), device(9))],
])('finds %s', (text, body) => {
  expect(
    faults(body, { path: text.includes('order of') || text.startsWith('results') ? '/x?l=2' : '/x' }).join('\n'),
  ).toContain(text);
});

it.each([
  ['201 without Location', '', { method: 'POST', status: 201 }],
  ['405 without Allow', '', { method: 'POST', status: 405 }],
  ['a PUT answered 200', '', { method: 'PUT' }],
  ['204 with a body', time(), { status: 204 }],
  ['status 500', '', { status: 500 }],
  ['401', '', { status: 401 }],
  ['Content-Type is text/html', time(), { headers: { 'content-type': 'text/html' } }],
  ['Content-Length is 3', time(), { headers: { 'content-length': '3' } }],
  ['a Time with status 404', time(), { status: 404 }],
  ['not TLSv1.2', time(), { protocol: 'TLSv1.3' }],
  ['connection is closed', time(), { headers: { connection: 'close' } }],
] as const)('finds %s', (text, body, more) => {
  expect(faults(body, more).join('\n')).toContain(text);
});

it('knows the modes of what it has seen and of what was linked', () => {
  const known = new Known();
  answerFaults(answer(list(1, 1, device(1).replace('<sFDI>', '<LogEventListLink all="0" href="/log"/><sFDI>'))), known);
  const refused = (path: string, method: string, status: number) =>
    answerFaults(answer('', { path, method, status, headers: { allow: 'GET', location: '/a' } }), known).join();
  expect(refused('/x', 'PUT', 204)).toContain('PUT is an error for EndDeviceList');
  expect(refused('/log', 'POST', 405)).toContain('POST is mandatory for LogEventList');
  expect(refused('/x/1', 'POST', 201)).toContain('POST is an error for EndDevice');
  expect(refused('/x', 'PUT', 405)).toBe('');
  expect(answerFaults(answer(time(), { path: '/log' }), known).join()).toContain(
    'a Time, where a LogEventList was linked',
  );
});
