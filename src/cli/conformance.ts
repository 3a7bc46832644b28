import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { createLab } from '../../conformance-tests/lab';
import { type Operator } from '../../conformance-tests/operator';
import { headroomOperator } from '../../conformance-tests/operator-api';
import { hookOperator } from '../../conformance-tests/operator-hook';
import { promptOperator } from '../../conformance-tests/operator-prompt';
import { claims, type Claim } from '../../conformance-tests/procedure';
import { procedures, select } from '../../conformance-tests/procedures';
import { book } from '../../conformance-tests/reports/procedure-text';
import { type Form } from '../../conformance-tests/reports/sunspec';
import { tableOf } from '../../conformance-tests/reports/table';
import { writeReports } from '../../conformance-tests/reports/write';
import { runAll } from '../../conformance-tests/run-all';
import { readConfig } from '../server/config';
import { readOperatorKey } from '../server/init';
import { initPki, loadPki, loadServerFiles } from '../tls';
import { type AddCommand, type Io } from './command';
import { startOwnServer, type OwnServer } from './conformance/own-server';
import { numberOption } from './number-option';
import { scaledClock } from './clock-option';
import { readRunFile } from './operator-api';

interface Options {
  operator: string;
  hook?: string;
  dir?: string;
  pki?: string;
  roots?: string;
  only: string[];
  clock?: string;
  serve?: boolean;
  speed?: string;
  sideBySide: string;
  pics?: string;
  receiver: string;
  plainPort?: string;
  out?: string;
  list?: boolean;
  print?: boolean;
}

/** What a PICS file says of a server: what it claims, and what a lab writes into the SunSpec form. */
interface Pics {
  readonly product?: string;
  readonly claims: readonly Claim[];
  readonly form?: Form;
}

/** The black-box suite, against ours or any vendor's server. Exit code 1 when a procedure fails. */
export const conformance: AddCommand = (program, io) => {
  program
    .command('conformance')
    .argument('[url]', 'DeviceCapability of the server under test, such as https://127.0.0.1:8443/dcap')
    .option('--operator <kind>', '`api` for Headroom’s operator API, `hook`, or `prompt` for a person here', 'api')
    .option('--hook <url>', 'with --operator hook: where each verb is POSTed to; HOOK_TOKEN is sent as a bearer token')
    .option('--dir <dir>', 'folder of a Headroom server: its PKI makes the devices, its operator API arranges fixtures')
    .option('--pki <dir>', 'folder of the suite’s own PKI, made where missing; let the server trust DIR/pki/roots.pem')
    .option('--roots <file>', 'PEM of the roots the server’s certificate leads to')
    .option('--only <patterns...>', 'procedures to run, such as COMM-003 BASIC-0*', [])
    .option('--clock <start,speed,wall>', 'the warped clock the server was started with; waits are as much shorter')
    .option('--serve', 'with --dir: start the server here, so that procedures may restart it; no url is needed then')
    .option('--speed <factor>', 'with --serve: a clock so much faster, for both', '1')
    .option('--side-by-side <count>', 'procedures that run at the same time', '8')
    .option('--pics <file>', 'what the server claims, as JSON {"product", "claims", "form"}; everything unless given')
    .option('--receiver <address>', 'address of this machine that the server sends notifications to', '127.0.0.1')
    .option('--plain-port <port>', 'where the server answers plain HTTP with a redirect')
    .option('--out <dir>', 'folder for the reports: HTML, JUnit, JSON, SunSpec form, PICS and requirement matrix')
    .option('--list', 'list the procedures and stop')
    .option('--print', 'print the procedures as tables for a lab, in Markdown, and stop')
    .description('run the conformance suite against a server')
    .action(async (url: string | undefined, options: Options) => {
      const chosen = select(options.only);
      if (chosen.length === 0)
        throw new Problem('BAD_USAGE', {
          at: '--only',
          got: options.only.join(' '),
          want: `some of ${procedures.map(p => p.id).join(', ')}`,
        });
      if (options.print) return void io.out(book(chosen));
      if (options.list) {
        for (const { id, title } of chosen) io.out(`${id.padEnd(11)} ${title}`);
        return;
      }
      const sideBySide = wholeNumber('--side-by-side', options.sideBySide);
      const plainPort = options.plainPort === undefined ? undefined : wholeNumber('--plain-port', options.plainPort);
      const pics = readPics(options.pics === undefined ? undefined : resolve(io.cwd, options.pics));
      const home = options.dir === undefined ? undefined : resolve(io.cwd, options.dir);
      const own = options.serve ? await ownServer(home, options, io) : undefined;
      const target = own ? { host: '127.0.0.1', port: own.server.port, dcapPath: '/dcap' } : targetOf(url);
      const clockText = own?.clock ?? options.clock;
      const folder = home === undefined ? undefined : readConfig(home).pki;
      const suite = resolve(io.cwd, options.pki ?? 'conformance-pki');
      const operator = operatorOf(options, home, own?.server);
      const clock = clockText === undefined ? io.clock : scaledClock(clockText);
      if (home === undefined && !existsSync(resolve(suite, 'pki'))) {
        initPki(suite, { clock: io.clock });
        io.say(`made the suite's PKI; let the server trust ${suite}/pki/roots.pem`);
      }
      const serverRootsPem =
        options.roots === undefined
          ? loadServerFiles(home ?? suite, folder).rootsPem
          : readFileSync(resolve(io.cwd, options.roots), 'utf8');
      const results = await runAll(chosen, {
        lab: createLab({
          ...target,
          operator,
          clock,
          pki: loadPki(home ?? suite, folder),
          serverRootsPem,
          runId: String(io.clock.nowMs()),
          receiverHost: options.receiver,
          ...(plainPort !== undefined && { plainPort }),
        }),
        claims: pics.claims,
        // A person can do one thing at a time.
        sideBySide: options.operator === 'prompt' ? 1 : sideBySide,
        speed: clockText === undefined ? 1 : Number(clockText.split(',')[1]),
        progress: io.say,
      }).finally(() => own?.server.stop());
      await operator.close();
      io.out(tableOf(results));
      if (options.out !== undefined) {
        const { product = `the server at ${target.host}:${target.port}`, form = {} } = pics;
        const out = resolve(io.cwd, options.out);
        writeReports(out, { results, procedures, claims: pics.claims, product, form });
        io.say(`reports in ${out}; begin with report.html`);
      }
      if (results.some(result => result.verdict === 'FAIL')) io.exitCode = 1;
    });
};

/** What the lab's own server must allow: notifications to this machine, and a clock that says it is no authority (CORE-005). */
const labSettings = { port: 0, operatorPort: 0, host: '127.0.0.1', notifyAllow: '127.0.0.1', timeQuality: 7 } as const;

async function ownServer(
  home: string | undefined,
  { speed: given = '1', clock: shared }: Options,
  io: Io,
): Promise<{ server: OwnServer; clock?: string }> {
  if (home === undefined) throw new Problem('BAD_USAGE', { at: '--serve', note: 'name the server folder with --dir' });
  if (shared !== undefined) throw new Problem('BAD_USAGE', { at: '--serve', note: 'use --speed instead of --clock' });
  const speed = numberOption('--speed', given, 0.1, 1000);
  const wallMs = io.clock.nowMs();
  const clock = speed === 1 ? undefined : `${wallMs},${speed},${wallMs}`;
  const server = await startOwnServer({ dir: home, ...(clock !== undefined && { clock }), settings: labSettings });
  return { server, ...(clock !== undefined && { clock }) };
}

function operatorOf(options: Options, home: string | undefined, own?: OwnServer): Operator {
  if (options.operator === 'prompt') return promptOperator(process.stdin, process.stdout);
  if (options.operator === 'hook') {
    if (options.hook === undefined)
      throw new Problem('BAD_USAGE', { at: '--operator hook', note: 'name the hook with --hook URL' });
    return hookOperator(options.hook, process.env['HOOK_TOKEN']);
  }
  if (options.operator !== 'api')
    throw new Problem('BAD_USAGE', { at: '--operator', want: 'api, hook or prompt', got: options.operator });
  if (home === undefined)
    throw new Problem('BAD_USAGE', {
      at: '--operator api',
      note: 'name the server folder with --dir, or use --operator hook or prompt',
    });
  const base = `http://127.0.0.1:${readRunFile(home).operatorPort}`;
  return headroomOperator({ base, key: readOperatorKey(home), ...(own && { restart: () => own.restart() }) });
}

function readPics(file: string | undefined): Pics {
  if (file === undefined) return { claims: Object.keys(claims) as Claim[] };
  const bad = (note: string, cause?: unknown) => new Problem('BAD_USAGE', { at: `--pics ${file}`, note, cause });
  let pics: Pics;
  try {
    pics = JSON.parse(readFileSync(file, 'utf8')) as Pics;
  } catch (cause) {
    throw bad('the file cannot be read as JSON', cause);
  }
  if (!(pics.claims instanceof Array)) throw bad('want {"claims": [...]}');
  const unknown = (pics.claims as readonly string[]).find(claim => !(claim in claims));
  if (unknown !== undefined) throw bad(`no claim "${unknown}"; there are ${Object.keys(claims).join(', ')}`);
  return pics;
}

function wholeNumber(at: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Problem('BAD_USAGE', { at, got: text, want: 'a whole number from 1' });
  return value;
}

function targetOf(url: string | undefined): { host: string; port: number; dcapPath: string } {
  if (url === undefined)
    throw new Problem('BAD_USAGE', {
      at: 'url',
      note: 'name the server under test, such as https://127.0.0.1:8443/dcap',
    });
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new Problem('BAD_USAGE', { at: 'url', got: url, want: 'https://HOST:PORT/dcap', cause });
  }
  if (parsed.protocol !== 'https:') throw new Problem('BAD_USAGE', { at: 'url', got: url, want: 'an https URL' });
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 443),
    dcapPath: parsed.pathname === '/' ? '/dcap' : parsed.pathname,
  };
}
