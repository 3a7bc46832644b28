import { commandLine } from './testing/command-line';

const help = async (...args: string[]) => {
  const { exitCode, out, said } = await commandLine([...args, '--help'], { cwd: '/' });
  expect([exitCode, said]).toEqual([0, []]);
  return out.join('\n');
};

/** The command line that people and scripts rely on. */
const contract: Readonly<Record<string, readonly string[]>> = {
  init: ['<dir>', '--set', '--json'],
  cert: ['<dir>', '<name>', '--aggregator', '--json'],
  serve: ['<dir>', '--set'],
  'site add': ['<dir>', '<name>', '--lfdi', '--bus', '--phases', '--max-import-w', '--firm-export-w'],
  'site import': ['<dir>', '<file>'],
  'site list': ['<dir>', '--json'],
  'site show': ['<dir>', '<site>'],
  'site remove': ['<dir>', '<site>'],
  'site revoke': ['<dir>', '<lfdi>', '--undo'],
  'group list': ['<dir>', '--json'],
  'group show': ['<dir>', '<group>', '--json'],
  'group add': ['<dir>', '<name>', '--level', '--parent', '--json'],
  'group move': ['<dir>', '<what...>', '--to', '--sites', '--json'],
  'group remove': ['<dir>', '<group>', '--json'],
  'program list': ['<dir>', '--all', '--json'],
  'program show': ['<dir>', '<program>', '--json'],
  'program add': ['<dir>', '<description>', '--primacy', '--site', '--group', '--json'],
  'program primacy': ['<dir>', '<changes...>', '--json'],
  'program default': ['<dir>', '<program>', '--mode', '--clear', '--json'],
  'program remove': ['<dir>', '<program>', '--json'],
  'control list': ['<dir>', '<program>', '--past', '--json'],
  'control show': ['<dir>', '<mrid>', '--json'],
  'control issue': ['<dir>', '<program>', '--start', '--duration', '--mode', '--json'],
  'control cancel': ['<dir>', '<mrid>', '--randomized', '--json'],
  'control delivery': ['<dir>', '<mrid>', '--json'],
  'envelope run': ['[dir]', '--json', '--network'],
  'envelope import': ['<dir>', '<file>', '--json'],
  'envelope show': ['<dir>', '<site>', '--json'],
  'envelope list': ['<dir>', '--json'],
  'envelope withdraw': ['<dir>', '<site>', '--reason', '--from', '--until', '--json'],
  'envelope contract': ['<dir>', '<site>', '<file>', '--effective-at', '--product', '--firm-after-loss', '--json'],
  'envelope contracts': ['<dir>', '<site>', '--json'],
  'envelope collections': ['<dir>', '--json'],
  'envelope reductions': ['<dir>', '--json'],
  'envelope shortfalls': ['<dir>', '--json'],
  'order make': [
    '<dir>',
    '--group',
    '--asset',
    '--reduce',
    '--import-w',
    '--reason',
    '--below-firm',
    '--end',
    '--json',
  ],
  'order list': ['<dir>', '--past', '--json'],
  'order show': ['<dir>', '<order>', '--json'],
  'order release': ['<dir>', '<order>', '--json'],
  'order cancel': ['<dir>', '<order>', '--json'],
  'order switch': ['<dir>', '--open', '--close', '--at', '--json'],
  'order switchings': ['<dir>', '--json'],
  'order confirm': ['<dir>', '<event>', '--json'],
  'order undo': ['<dir>', '<event>', '--json'],
  'envelope restore': ['<dir>', '<site>', '--json'],
  log: ['<dir>', '--level', '--since', '--until', '--room', '--security', '--json'],
  backup: ['<dir>', '<file>', '--force', '--json'],
  check: ['<path>', '--json'],
  'grid solve': ['<network>', '--minute', '--json'],
  'grid info': ['<network>', '--json'],
  conformance: ['[url]', '--operator', '--dir', '--only', '--out'],
  demo: ['--headless', '--json', '--network', '--hours', '--speed', '--kill-engine'],
  docs: ['--check'],
};

it.each(Object.entries(contract))('headroom %s is there with its arguments and options', async (name, parts) => {
  const text = await help(...name.split(' '));
  for (const part of parts) expect(text).toContain(part);
});

it('headroom --help lists every command with a line that says what it does', async () => {
  const text = await help();
  for (const name of new Set(Object.keys(contract).map(each => each.split(' ')[0])))
    expect(text).toMatch(new RegExp(`^  ${name}\\b.*  [a-z]`, 'm'));
});

it('says its version', async () => {
  const { exitCode, out } = await commandLine(['--version'], { cwd: '/' });
  expect([exitCode, out]).toEqual([0, [expect.stringMatching(/^\d+\.\d+\.\d+$/)]]);
});
