import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem';
import { createLab } from '../../conformance-tests/lab';
import { headroomOperator } from '../../conformance-tests/operator-api';
import { promptOperator } from '../../conformance-tests/operator-prompt';
import { procedureText, junitOf, tableOf } from '../../conformance-tests/report';
import { procedures, select } from '../../conformance-tests/procedures';
import { runAll } from '../../conformance-tests/run-all';
import { readConfig } from '../server/config';
import { readOperatorKey } from '../server/init';
import { initPki, loadPki, loadServerFiles } from '../tls';
import { type AddCommand } from './command';
import { scaledClock } from './clock-option';
import { readRunFile } from './operator-api';

interface Options {
  operator: string;
  dir?: string;
  pki?: string;
  roots?: string;
  only: string[];
  clock?: string;
  out?: string;
  list?: boolean;
}

/** The black-box suite, against ours or any vendor's server. Exit code 1 when a procedure fails. */
export const conformance: AddCommand = (program, io) => {
  program
    .command('conformance')
    .argument('[url]', 'DeviceCapability of the server under test, such as https://127.0.0.1:8443/dcap')
    .option('--operator <kind>', '`api` for Headroom’s operator API, `prompt` for a person at this terminal', 'api')
    .option('--dir <dir>', 'folder of a Headroom server: its PKI makes the devices, its operator API arranges fixtures')
    .option('--pki <dir>', 'folder of the suite’s own PKI, made where missing; let the server trust DIR/pki/roots.pem')
    .option('--roots <file>', 'PEM of the roots the server’s certificate leads to')
    .option('--only <patterns...>', 'procedures to run, such as COMM-003 BASIC-0*', [])
    .option('--clock <start,speed,wall>', 'the warped clock the server was started with')
    .option('--out <dir>', 'folder for junit.xml and results.json')
    .option('--list', 'print the procedures as tables and stop')
    .description('run the conformance suite against a server')
    .action(async (url: string | undefined, options: Options) => {
      const chosen = select(options.only);
      if (chosen.length === 0)
        throw new Problem('BAD_USAGE', {
          at: '--only',
          got: options.only.join(' '),
          want: `some of ${procedures.map(p => p.id).join(', ')}`,
        });
      if (options.list) {
        for (const each of chosen) io.out(procedureText(each));
        return;
      }
      const target = targetOf(url);
      const home = options.dir === undefined ? undefined : resolve(io.cwd, options.dir);
      const folder = home === undefined ? undefined : readConfig(home).pki;
      if (!['api', 'prompt'].includes(options.operator))
        throw new Problem('BAD_USAGE', { at: '--operator', want: 'api or prompt', got: options.operator });
      if (options.operator === 'api' && home === undefined)
        throw new Problem('BAD_USAGE', {
          at: '--operator api',
          note: 'name the server folder with --dir, or use --operator prompt',
        });
      const own = resolve(io.cwd, options.pki ?? 'conformance-pki');
      const clock = options.clock === undefined ? io.clock : scaledClock(options.clock);
      if (home === undefined && !existsSync(resolve(own, 'pki'))) {
        initPki(own, { clock: io.clock });
        io.say(`made the suite's PKI; let the server trust ${own}/pki/roots.pem`);
      }
      const pki = loadPki(home ?? own, folder);
      const serverRootsPem =
        options.roots === undefined
          ? loadServerFiles(home ?? own, folder).rootsPem
          : readFileSync(resolve(io.cwd, options.roots), 'utf8');
      const operator =
        home !== undefined && options.operator === 'api'
          ? apiOperator(home)
          : promptOperator(process.stdin, process.stdout);
      const lab = createLab({
        ...target,
        operator,
        clock,
        pki,
        serverRootsPem,
        runId: String(io.clock.nowMs()),
      });
      const results = await runAll(chosen, {
        lab,
        claims: ['csip', 'csip-aus', 'out-of-band-registration', 'der-control', 'responses'],
        speed: 1,
        sideBySide: 4,
        progress: io.say,
      });
      await operator.close();
      io.out(tableOf(results));
      if (options.out !== undefined) {
        const out = resolve(io.cwd, options.out);
        mkdirSync(out, { recursive: true });
        writeFileSync(resolve(out, 'junit.xml'), junitOf(results));
        writeFileSync(resolve(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
      }
      if (results.some(result => result.verdict === 'FAIL')) io.exitCode = 1;
    });
};

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

function apiOperator(dir: string) {
  return headroomOperator({ base: `http://127.0.0.1:${readRunFile(dir).operatorPort}`, key: readOperatorKey(dir) });
}
