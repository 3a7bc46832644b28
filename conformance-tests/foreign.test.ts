/** The whole suite against a server that is not ours: verdicts, not crashes. */
import { ScaledClock, SystemClock } from '../src/base/clock';
import { createPki, derToPem, issueDevice } from '../src/tls';
import { createLab } from './lab';
import { Blocked, type Operator } from './operator';
import { claims, type Claim } from './procedure';
import { procedures } from './procedures';
import { reportsOf } from './reports/write';
import { runAll } from './run-all';
import { files, serveFiles, type StaticServer } from './testing/static-server';

const wallMs = new SystemClock().nowMs();
const clock = new ScaledClock(wallMs, 3000, wallMs);
const pki = createPki({ notBefore: clock.now() - 86_400 });
let server: StaticServer;

/** Devices need no registration there; nothing else can be arranged. */
const operator = new Proxy({} as Operator, {
  get: (_target, verb: string) => {
    if (verb === 'name') return 'nobody';
    if (['registerDevice', 'removeDevice', 'close'].includes(verb)) return async () => undefined;
    return async () => {
      throw new Blocked(verb);
    };
  },
});

beforeAll(async () => {
  const own = issueDevice(pki, { name: 'static', role: 'server' });
  server = await serveFiles(own, files(1, clock.now()));
});
afterAll(() => server.close());

it('gives a verdict for every procedure, and reports', async () => {
  const told: string[] = [];
  const results = await runAll(procedures, {
    lab: createLab({
      host: '127.0.0.1',
      port: server.port,
      dcapPath: '/dcap',
      operator,
      clock,
      pki,
      serverRootsPem: derToPem(pki.serca.der),
      runId: 'foreign',
    }),
    claims: Object.keys(claims) as Claim[],
    sideBySide: 8,
    speed: 3000,
    progress: text => told.push(text),
  });
  expect(results.map(({ id }) => id)).toEqual(procedures.map(({ id }) => id));
  expect(told).toHaveLength(procedures.length);
  const of = (id: string) => results.find(result => result.id === id);
  expect(of('COMM-002')?.verdict).toBe('FAIL');
  expect(of('COMM-002')?.faults.join()).toContain('no Content-Length');
  expect(of('BASIC-010')).toMatchObject({ verdict: 'BLOCKED', why: 'operator cannot createProgram' });
  expect(of('COMM-004G')?.verdict).toBe('PASS'); // OpenSSL alone refuses that one
  expect(of('COMM-004F')?.verdict).toBe('FAIL'); // and not this one (protocol facts 1.3)
  const bugs = results.flatMap(({ id, steps }) =>
    steps.filter(({ stopped = '' }) => stopped.startsWith('BUG')).map(({ stopped }) => `${id}: ${stopped}`),
  );
  expect(bugs).toEqual([]);

  const reports = reportsOf({
    results,
    procedures,
    claims: ['csip'],
    product: 'Plain <files>',
    form: { Company: 'A, "B"', 'PICS URL': 'https://example.org' },
  });
  expect(reports['results.txt']).toMatch(/\d+ passed, \d+ failed, \d+ blocked, 0 not supported\n$/);
  expect(reports['junit.xml']).toContain(`<testsuite name="Headroom conformance" tests="${procedures.length}"`);
  expect(reports['report.html']).toContain('Conformance of Plain &#60;files&#62;');
  expect(reports['report.html']).toContain('GET /dcap HTTP/1.1');
  expect(reports['sunspec-summary.csv']).toContain('Company,"A, ""B"""\r\n');
  expect(reports['sunspec-summary.csv']).toContain('Test COMM-002,FAIL\r\n');
  expect(reports['requirements.md']).toContain('| CSIP P16 |');
  const logs = JSON.parse(reports['sunspec-logs.json'] ?? '') as { logs: { tests: string[]; messages: object[] }[] };
  const messages = logs.logs.find(({ tests }) => tests[0] === 'COMM-002')?.messages;
  expect(messages?.slice(0, 2)).toMatchObject([
    { type: 'req', method: 'GET', uri: '/dcap', vers: 'HTTP/1.1', body: '' },
    { type: 'resp', code: 200, reason: 'OK' },
  ]);
}, 60_000);
