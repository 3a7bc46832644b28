import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { createLab } from '../../conformance-tests/lab';
import { procedures, select } from '../../conformance-tests/procedures';
import { book } from '../../conformance-tests/reports/procedure-text';
import { tableOf } from '../../conformance-tests/reports/table';
import { writeReports } from '../../conformance-tests/reports/write';
import { runAll } from '../../conformance-tests/run-all';
import { readConfig } from '../server/config';
import { initPki, loadPki, loadServerFiles } from '../tls';
import { type AddCommand } from './command';
import { readPics } from './conformance/pics';
import { underTest, type UnderTestOptions } from './conformance/under-test';
import { scaledClock } from './clock-option';

interface Options extends UnderTestOptions {
  dir?: string;
  pki?: string;
  roots?: string;
  only: string[];
  sideBySide: string;
  pics?: string;
  receiver: string;
  plainPort?: string;
  out?: string;
  list?: boolean;
  print?: boolean;
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
      const folder = home === undefined ? undefined : readConfig(home).pki;
      const suite = resolve(io.cwd, options.pki ?? 'conformance-pki');
      const given = options.roots === undefined ? undefined : readFileSync(resolve(io.cwd, options.roots), 'utf8');
      const tested = await underTest(url, home, options, io);
      const { target, operator, clock: clockText } = tested;
      const run = async () => {
        const clock = clockText === undefined ? io.clock : scaledClock(clockText);
        if (home === undefined && !existsSync(resolve(suite, 'pki'))) {
          initPki(suite, { clock: io.clock });
          io.say(`made the suite's PKI; let the server trust ${suite}/pki/roots.pem`);
        }
        return runAll(chosen, {
          lab: createLab({
            ...target,
            operator,
            clock,
            pki: loadPki(home ?? suite, folder),
            serverRootsPem: given ?? loadServerFiles(home ?? suite, folder).rootsPem,
            runId: String(io.clock.nowMs()),
            receiverHost: options.receiver,
            ...(plainPort !== undefined && { plainPort }),
          }),
          claims: pics.claims,
          // A person can do one thing at a time.
          sideBySide: options.operator === 'prompt' ? 1 : sideBySide,
          speed: clockText === undefined ? 1 : Number(clockText.split(',')[1]),
          progress: io.say,
        });
      };
      const results = await run().finally(() => tested.close());
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

function wholeNumber(at: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Problem('BAD_USAGE', { at, got: text, want: 'a whole number from 1' });
  return value;
}
