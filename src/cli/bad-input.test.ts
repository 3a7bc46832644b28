/** Every command, given what people give by mistake: one line that says what to do, the right exit code, nothing left behind. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { commandLine } from './testing/command-line';

const network = resolve(__dirname, '../../examples/networks/oak-street.json');
const lfdi = '3E4F45AB31EDFE5B67E343E5E4562E31984E23E5';
const root = mkdtempSync(join(tmpdir(), 'headroom-bad-input-'));
const template = join(root, 'template');
let cwd: string;
let cases = 0;
let taken: Server;
let takenPort: number;
const callers = new Set<Socket>();

beforeAll(async () => {
  const fields = ['port=0', 'operatorPort=0', 'host=127.0.0.1', 'logLevel=silent', `network=${network}`];
  const { exitCode } = await commandLine(['init', template, ...fields.flatMap(field => ['--set', field])], {
    cwd: root,
  });
  const lot = [
    'site',
    'add',
    template,
    'Lot',
    '--lfdi',
    lfdi,
    '--bus',
    'van-depot',
    '--phases',
    '123',
    '--max-import-w',
    '80000',
  ];
  const site = await commandLine(lot, { cwd: root });
  expect([exitCode, site]).toMatchObject([0, { exitCode: 0, said: [] }]);
  taken = createServer(socket => callers.add(socket));
  await new Promise<void>(done => taken.listen(0, '127.0.0.1', done));
  takenPort = (taken.address() as { port: number }).port;
});
afterAll(() => {
  taken.close();
  for (const socket of callers) socket.destroy();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  cwd = join(root, String(++cases));
  cpSync(template, join(cwd, 'lab'), { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
const config = (change: object) => {
  const file = join(cwd, 'lab', 'config.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
};
/** Every file below the folder with a hash of what is in it. */
function tree(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files.map(file => {
      const path = join(dir, file);
      return [file, statSync(path).isDirectory() ? '/' : createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

interface Case {
  readonly args: string;
  readonly exit: 1 | 2;
  readonly says: readonly string[];
  readonly arrange?: () => void;
}
/** `%s` in arguments is the port that is taken. */
const of = (args: string, exit: 1 | 2, says: string | readonly string[], arrange?: () => void): Case => ({
  args,
  exit,
  says: [says].flat(),
  ...(arrange && { arrange }),
});

const table: Record<string, readonly Case[]> = {
  init: [
    of('init', 2, "missing required argument 'dir'"),
    of('init lab', 2, ['config.json', 'set up already']),
    of('init new --set prot=1', 2, 'no such field; did you mean port?'),
    of('init new --set port', 2, 'want FIELD=VALUE'),
    of('init new --set port=high', 2, ['options: port', 'a whole number from 0 to 65535']),
    of('init new --set certificateProfile=loose', 2, 'one of strict, lenient'),
    of('init file/below', 2, ['file', 'a part of the path is a file'], () => write('file', '')),
    of('init new --set database=../file/x.db', 2, ['BAD_FILE', 'x.db'], () => write('file', '')),
    of('init half', 2, ['half/pki', 'it is there already'], () =>
      mkdirSync(join(cwd, 'half', 'pki'), { recursive: true }),
    ),
    of('init half', 2, ['operator.key', 'it is there already'], () => {
      mkdirSync(join(cwd, 'half'));
      write('half/operator.key', 'mine');
    }),
    of('init half', 2, ['headroom.db', 'it is there already'], () => {
      mkdirSync(join(cwd, 'half'));
      write('half/headroom.db', 'mine');
    }),
  ],
  cert: [
    of('cert lab', 2, "missing required argument 'name'"),
    of('cert elsewhere a', 2, ['elsewhere', 'headroom init']),
    of('cert lab a/b', 2, ['NAME', 'letters']),
    of('cert lab a --pin 111111', 2, ['--pin', '111115']),
    of('cert lab a --sreial x', 2, ["unknown option '--sreial'", 'Did you mean --serial?']),
    of('cert lab a', 2, ['mica.key.pem', 'cannot be read'], () => rmSync(join(cwd, 'lab', 'pki', 'mica.key.pem'))),
    of('cert lab a', 2, ['certs', 'it is there already'], () => write('lab/certs', '')),
  ],
  serve: [
    of('serve elsewhere', 2, ['config.json', '`headroom init DIR` makes one']),
    of('serve lab', 2, ['config.json', 'not JSON'], () => write('lab/config.json', '{"port": 1,}')),
    of('serve lab', 2, ['config.json: engneOptions', 'did you mean engineOptions?'], () =>
      config({ engneOptions: {} }),
    ),
    of('serve lab', 2, ['config.json: port', 'from 0 to 65535'], () => config({ port: '8443' })),
    of('serve lab', 2, ['UNKNOWN_ENGINE', 'equal-shar', 'equal-share, static'], () => config({ engine: 'equal-shar' })),
    of('serve lab', 2, ['engine', 'there is no such file'], () => config({ engine: './my-engine.js' })),
    of('serve lab', 2, 'engine', () => config({ engineOptions: { fairnes: 1 } })),
    of('serve lab', 2, ['BAD_NETWORK', 'nowhere.json', 'there is no such file'], () =>
      config({ network: 'nowhere.json' }),
    ),
    of('serve lab', 2, ['BAD_NETWORK', 'broken.json'], () => {
      write('lab/broken.json', '{"name": "x"');
      config({ network: 'broken.json' });
    }),
    of('serve lab --set port=%s', 2, ['PORT_TAKEN', 'port 127.0.0.1:%s', 'choose another port']),
    of('serve lab --set operatorPort=%s', 2, ['PORT_TAKEN', 'operatorPort 127.0.0.1:%s']),
    of('serve lab --set host=256.1.1.1', 2, ['BAD_CONFIG', 'port 256.1.1.1:0']),
    of('serve lab --set operatorHost=0.0.0.0', 2, ['operatorHost', 'a loopback address']),
    of('serve lab --set prot=1', 2, 'did you mean port?'),
    of('serve lab --clock 1,2', 2, ['--clock', 'three numbers']),
    of('serve lab --clock 1,0,3', 2, ['--clock', 'speed above 0']),
    of('serve lab --follow-clock soon', 2, ['--follow-clock', 'whole seconds']),
    of('serve lab', 2, ['DB_MISSING', 'headroom.db', 'headroom init'], () => rmSync(join(cwd, 'lab', 'headroom.db'))),
    of('serve lab', 2, ['DB_TOO_NEW', 'headroom.db', 'got 4711'], () => newer(join(cwd, 'lab', 'headroom.db'))),
    of('serve lab', 2, ['DB_BROKEN', 'headroom.db'], () => write('lab/headroom.db', 'this is a text'.repeat(500))),
    of('serve lab', 2, ['DB_BROKEN', 'headroom.db', 'empty'], () => write('lab/headroom.db', '')),
    of('serve lab', 2, ['operator.key', 'cannot be read'], () => rmSync(join(cwd, 'lab', 'operator.key'))),
    of('serve lab', 2, ['server.key.pem', 'cannot be read'], () => rmSync(join(cwd, 'lab', 'pki', 'server.key.pem'))),
    of('serve lab', 2, ['BAD_CERT', 'server.chain.pem', 'the key is not that of the certificate'], () =>
      cpSync(join(cwd, 'lab', 'pki', 'mica.key.pem'), join(cwd, 'lab', 'pki', 'server.key.pem')),
    ),
    of('serve lab', 2, ['BAD_CERT', 'server.chain.pem', 'no certificate'], () =>
      write('lab/pki/server.chain.pem', 'x'),
    ),
    of('serve lab', 2, ['BAD_CERT', 'server.chain.pem', 'cannot be read'], () => write('lab/pki/server.key.pem', 'x')),
    of('serve lab', 2, ['BAD_CERT', 'roots.pem', 'no certificate'], () => write('lab/pki/roots.pem', '')),
    of('serve lab', 2, 'BAD_CERT', () =>
      cpSync(join(cwd, 'lab', 'pki', 'server.chain.pem'), join(cwd, 'lab', 'pki', 'roots.pem')),
    ),
  ],
  site: [
    of('site', 2, 'Usage: headroom site'),
    of('site lst lab', 2, ["unknown command 'lst'", 'Did you mean list?']),
    of('site add lab Barn', 2, "required option '--lfdi <lfdi>' not specified"),
    of('site add lab Barn --lfdi 12', 1, ['lfdi', '40 hex digits']),
    of(`site add lab Barn --lfdi ${lfdi}`, 1, ['CONFLICT', 'registered already']),
    of(`site add lab Lot --lfdi ${'0'.repeat(40)}`, 1, ['CONFLICT', 'a site of that name']),
    of(`site add lab Barn --lfdi ${'0'.repeat(40)} --bus van-dept`, 1, ['site Barn, bus', 'did you mean van-depot?']),
    of(`site add lab Barn --lfdi ${'0'.repeat(40)} --max-import-w 10kW`, 2, ['--max-import-w', 'a number', '10kW']),
    of(`site add lab Barn --lfdi ${'0'.repeat(40)} --phases 4`, 2, ['--phases', 'one or more of 1, 2, 3']),
    of(`site add lab Barn --lfdi ${'0'.repeat(40)} --firm-import-w 5`, 1, ['firmImportW', 'at most maxImportW, 0']),
    of(`site add lab Barn --lfdi ${'0'.repeat(40)} --dialect csip`, 1, 'dialect'),
    of('site show lab Lott', 1, ['site Lott', 'did you mean Lot?', 'headroom site list']),
    of('site change lab Lot', 2, 'name what is to change'),
    of('site change lab Lot --bus nowhere', 1, ['site Lot, bus', 'there are']),
    of('site change lab Barn --bus van-depot', 1, ['NO_SUCH', 'site Barn']),
    of('site remove lab 99', 1, ['NO_SUCH', 'site 99']),
    of('site revoke lab Lot', 1, '40 hex digits'),
    of('site list elsewhere', 2, ['config.json', 'headroom init']),
    of('site list lab', 2, 'DB_TOO_NEW', () => newer(join(cwd, 'lab', 'headroom.db'))),
    of('site import lab none.csv', 2, ['none.csv', 'cannot be read']),
    csv('name,lfdi,buss\nA,1,x\n', 2, ['column buss', 'did you mean bus?']),
    csv(`name,lfdi\n\n# c\nA,${'1'.repeat(40)}\nB\n`, 2, ['sites.csv:5', '2 fields']),
    csv(`name,lfdi,maxImportW\nA,${'1'.repeat(40)},1\nB,${'2'.repeat(40)},many\n`, 1, [
      'sites.csv:3: maxImportW',
      'many',
    ]),
    csv(`name,lfdi\nA,${'1'.repeat(40)}\n,${'2'.repeat(40)}\n`, 1, ['sites.csv:3: name', 'missing']),
    csv(`name,lfdi\nA,${'1'.repeat(40)}\n# c\nB,22\n`, 1, ['sites.csv:4: lfdi', '40 hex digits']),
    csv(`name,lfdi,firmImportW\nA,${'1'.repeat(40)},0\n# c\nB,${'2'.repeat(40)},7\n`, 1, [
      'sites.csv:4: B, firmImportW',
    ]),
    csv(`name,lfdi,bus\nA,${'1'.repeat(40)},van-depot\nB,${'2'.repeat(40)},van-dept\n`, 1, [
      'sites.csv:3: B, bus',
      'did you mean van-depot?',
    ]),
    csv(`name,lfdi\nA,${'1'.repeat(40)}\nA,${'2'.repeat(40)}\n`, 1, ['sites.csv:3: line 2 has the name A too']),
  ],
  backup: [
    of('backup lab', 2, "missing required argument 'file'"),
    of('backup elsewhere copy.db', 2, ['config.json', 'headroom init']),
    of('backup lab nowhere/copy.db', 2, ['BAD_FILE', 'nowhere/copy.db']),
    of('backup lab lab/headroom.db --force', 2, ['BAD_USAGE', 'that is the database itself']),
    of('backup lab lab', 2, ['BAD_USAGE', 'that is a folder']),
    of('backup lab file/copy.db', 2, 'file', () => write('file', '')),
    of('backup lab copy.db', 2, ['BAD_USAGE', 'copy.db', '--force'], () => write('copy.db', 'mine')),
    of('backup lab copy.db', 2, ['BAD_CONFIG', 'in memory'], () => config({ database: ':memory:' })),
    of('backup lab copy.db', 2, 'DB_TOO_NEW', () => newer(join(cwd, 'lab', 'headroom.db'))),
    of('backup lab copy.db', 2, 'DB_MISSING', () => rmSync(join(cwd, 'lab', 'headroom.db'))),
  ],
  check: [
    of('check', 2, "missing required argument 'path'"),
    of('check elsewhere', 2, ['elsewhere', 'there is no such file']),
    of('check lab/config.json', 2, ['DB_BROKEN', 'config.json']),
    of('check lab', 2, ['DB_TOO_NEW', 'got 4711'], () => newer(join(cwd, 'lab', 'headroom.db'))),
    of('check lab', 2, ['DB_BROKEN', 'empty'], () => write('lab/headroom.db', '')),
  ],
  envelope: [
    of('envelope run elsewhere', 2, ['config.json', 'headroom init']),
    of('envelope run lab', 2, ['BAD_CONFIG', 'without a network file'], () => config({ network: '' })),
    of('envelope show lab Barn', 1, ['NO_SUCH', 'site Barn']),
    of('envelope import lab none.json', 2, ['none.json', 'cannot be read']),
    of('envelope import lab e.json', 2, ['e.json', 'not JSON'], () => write('e.json', '{')),
    of('envelope import lab e.json', 2, ['e.json', 'nothing to import'], () => write('e.json', '[]')),
    profile(
      [{ site: 'Lot', start: 1_800_000_000, stepS: 900, importW: [1], exportW: [1, 2] }],
      ['envelopes.0.exportW', 'as many steps'],
    ),
    profile([{ site: 'Lot', start: 1_800_000_000, stepS: 900, importW: ['1'], exportW: [1] }], 'envelopes.0.importW.0'),
    profile(
      [
        { site: 'Lot', start: 1_800_000_000, stepS: 900, importW: [1], exportW: [1] },
        { site: 'Barn', start: 1_800_000_000, stepS: 900, importW: [1], exportW: [1] },
      ],
      ['NO_SUCH', 'site Barn'],
    ),
  ],
  grid: [
    of('grid', 2, 'Usage: headroom grid'),
    of('grid solve nowhere.json', 2, ['nowhere.json', 'there is no such file']),
    of('grid info lab', 2, ['lab', 'not a file']),
    of('grid info a.csv', 2, ['a.csv', '.json, .dss, .txt'], () => write('a.csv', 'x')),
    of('grid info a.json', 2, 'a.json', () => write('a.json', '{"name":')),
    of('grid info a.dss', 2, 'a.dss', () => write('a.dss', 'New Line.L1 Bus1=a.1 Bus2=b.1 Lenth=5\n')),
    of(`grid solve ${network} --minute none`, 2, ['--minute', '1 or more']),
    of(`grid solve ${network} --head-kva 0`, 2, ['--head-kva', 'kVA above 0']),
  ],
  conformance: [
    of('conformance', 2, ['url', 'https://127.0.0.1:8443/dcap']),
    of('conformance localhost', 2, ['https://HOST:PORT/dcap', 'localhost']),
    of('conformance http://127.0.0.1:1/dcap --dir lab', 2, 'an https URL'),
    of('conformance https://127.0.0.1:1/dcap --only NONE-*', 2, ['--only', 'AGG-002']),
    of('conformance https://127.0.0.1:1/dcap --dir lab', 1, ['no server runs on this folder', 'headroom serve']),
    of('conformance https://127.0.0.1:1/dcap --dir elsewhere', 2, 'headroom init'),
    of('conformance https://127.0.0.1:1/dcap --operator api', 2, 'name the server folder with --dir'),
    of('conformance https://127.0.0.1:1/dcap --dir lab --operator nobody', 2, ['--operator', 'api, hook or prompt']),
    of('conformance https://127.0.0.1:1/dcap --dir lab --operator prompt --clock x', 2, ['--clock', 'three numbers']),
    of('conformance https://127.0.0.1:1/dcap --dir lab --operator prompt --roots none.pem', 2, [
      'none.pem',
      'no such file',
    ]),
  ],
  demo: [
    of('demo --hours many', 2, ['--hours', 'a number from']),
    of('demo --network nowhere.json --dir new', 2, ['nowhere.json', 'there is no such file']),
    of('demo --engine equal-shar --dir new', 2, ['UNKNOWN_ENGINE', 'equal-share, static']),
    of('demo --engine ./mine.js --dir new', 2, ['engine', 'there is no such file']),
    of('demo --dir file/below', 2, 'a part of the path is a file', () => write('file', '')),
  ],
  sim: [
    of('sim elsewhere', 2, ['config.json', 'headroom init']),
    of('sim lab', 1, ['no server runs on this folder', 'headroom serve']),
    of('sim lab --hours many', 2, ['--hours', 'a number from']),
    of('sim lab --network nowhere.json', 2, ['nowhere.json', 'there is no such file']),
    of('sim lab --clock x', 2, ['--clock', 'three numbers']),
  ],
  docs: [of('docs --check', 2, 'not the root of a checkout')],
  headroom: [
    of('', 2, 'Usage: headroom'),
    of('srve lab', 2, ["unknown command 'srve'", 'Did you mean serve?']),
    of('--verbse', 2, "unknown option '--verbse'"),
  ],
};

function csv(text: string, exit: 1 | 2, says: readonly string[]): Case {
  return of('site import lab sites.csv', exit, says, () => write('sites.csv', text));
}
function profile(value: object, says: string | readonly string[]): Case {
  return of('envelope import lab e.json', 1, says, () => write('e.json', JSON.stringify(value)));
}
/** `user_version` in the header of a SQLite file. */
function newer(file: string): void {
  const bytes = readFileSync(file);
  bytes.writeUInt32BE(4711, 60);
  writeFileSync(file, bytes);
}

const listeners = process.stdin.listenerCount('end');
afterAll(() => {
  expect(process.stdin.listenerCount('end')).toBe(listeners); // nobody waits for somebody to type
});

describe.each(Object.entries(table))('%s', (_, rows) => {
  it.each(rows.map((row): [string, number, Case] => [row.args, row.exit, row]))(
    'headroom %s: %d',
    async (_args, _exit, row) => {
      row.arrange?.();
      const before = tree(cwd);
      const fill = (text: string) => text.replaceAll('%s', String(takenPort));
      const { exitCode, out, said, logged } = await commandLine(fill(row.args).split(' ').filter(Boolean), { cwd });
      const text = [...said, ...out].join('\n');
      for (const each of row.says) expect(text).toContain(fill(each));
      expect([exitCode, logged]).toEqual([row.exit, []]);
      const advice = said.filter(line => line.startsWith('headroom: '));
      if (!/error: |Usage: /.test(text)) expect(advice).toHaveLength(1); // commander has its own form
      expect(text).not.toMatch(/\bBUG\b|\n\s+at /);
      expect(tree(cwd)).toEqual(before);
      expect(existsSync(join(cwd, 'new'))).toBe(false);
    },
  );
});
