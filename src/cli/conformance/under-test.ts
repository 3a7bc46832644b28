/** The server under test as the command line names it: where it is, who arranges it, and on what clock it runs. */
import { Problem } from '../../base/problem';
import { type Operator } from '../../../conformance-tests/operator';
import { headroomOperator } from '../../../conformance-tests/operator-api';
import { hookOperator } from '../../../conformance-tests/operator-hook';
import { promptOperator } from '../../../conformance-tests/operator-prompt';
import { readOperatorKey } from '../../server/init';
import { type Io } from '../command';
import { numberOption } from '../number-option';
import { readRunFile } from '../operator-api';
import { startOwnServer, type OwnServer } from './own-server';

export interface UnderTestOptions {
  operator: string;
  hook?: string;
  clock?: string;
  serve?: boolean;
  speed?: string;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly dcapPath: string;
}

export interface UnderTest {
  readonly target: Target;
  readonly operator: Operator;
  /** START,SPEED,WALL where it is not the machine's own. */
  readonly clock: string | undefined;
  /** Leaves the operator, and ends a server that was started for this. */
  close(): Promise<void>;
}

/**
 * @param home folder of a Headroom server, where there is one
 * @throws Problem BAD_USAGE for options that do not fit, and what reaching or starting the server throws
 */
export async function underTest(
  url: string | undefined,
  home: string | undefined,
  options: UnderTestOptions,
  io: Pick<Io, 'clock'>,
  start: typeof startOwnServer = startOwnServer,
): Promise<UnderTest> {
  const own = options.serve ? await ownServer(home, options, io, start) : undefined;
  try {
    const target = own ? { host: '127.0.0.1', port: own.server.port, dcapPath: '/dcap' } : targetOf(url);
    const operator = operatorOf(options, home, own?.server);
    return {
      target,
      operator,
      clock: own?.clock ?? options.clock,
      close: async () => {
        await operator.close();
        await own?.server.stop();
      },
    };
  } catch (thrown) {
    await own?.server.stop();
    throw thrown;
  }
}

/** What the lab's own server must allow: notifications to this machine, and a clock that says it is no authority (CORE-005). */
const labSettings = { port: 0, operatorPort: 0, host: '127.0.0.1', notifyAllow: '127.0.0.1', timeQuality: 7 } as const;

async function ownServer(
  home: string | undefined,
  { speed: given = '1', clock: shared }: UnderTestOptions,
  io: Pick<Io, 'clock'>,
  start: typeof startOwnServer,
): Promise<{ server: OwnServer; clock?: string }> {
  if (home === undefined) throw new Problem('BAD_USAGE', { at: '--serve', note: 'name the server folder with --dir' });
  if (shared !== undefined) throw new Problem('BAD_USAGE', { at: '--serve', note: 'use --speed instead of --clock' });
  const speed = numberOption('--speed', given, 0.1, 1000);
  const wallMs = io.clock.nowMs();
  const clock = speed === 1 ? undefined : `${wallMs},${speed},${wallMs}`;
  const server = await start({ dir: home, ...(clock !== undefined && { clock }), settings: labSettings });
  return { server, ...(clock !== undefined && { clock }) };
}

function operatorOf(options: UnderTestOptions, home: string | undefined, own?: OwnServer): Operator {
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

function targetOf(url: string | undefined): Target {
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
