import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ManualClock } from '../base/clock';
import { silentLog } from '../base/log';
import { type Io } from './command';
import { program } from './program';

const example = resolve(__dirname, '../../examples/networks/oak-street.json');
let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'headroom-grid-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ out: string[]; said: string[] }> {
  const [out, said]: [string[], string[]] = [[], []];
  const io: Io = {
    clock: new ManualClock(0),
    log: silentLog,
    cwd,
    out: line => out.push(line),
    say: line => said.push(line),
    exitCode: 0,
    stop: new AbortController().signal,
  };
  await program(io).parseAsync(['node', 'headroom', 'grid', ...args]);
  return { out, said };
}

test('solve --json prints one object of exactly the agreed form', async () => {
  const { out } = await run('solve', example, '--minute', '1140', '--json');
  expect(out).toHaveLength(1);
  const { branches, nodes, ...rest } = JSON.parse(out[0] ?? '') as Record<'nodes' | 'branches', object[]>;
  expect(rest).toEqual({});
  expect(nodes.length).toBeGreaterThan(60);
  for (const node of nodes) expect(Object.keys(node)).toEqual(['bus', 'phase', 'voltageV', 'angleDeg']);
  for (const branch of branches) expect(Object.keys(branch)).toEqual(['name', 'phase', 'currentA']);
  expect(nodes).toContainEqual(expect.objectContaining({ bus: 'oak-12kv', phase: 1 }));
  expect(branches).toContainEqual(expect.objectContaining({ name: 'Oak St transformer', phase: 3 }));
});

test('minute N is value N of a one-minute shape', async () => {
  const dss = `Clear
New Circuit.small basekV=0.4 pu=1 bus1=a
New Loadshape.s npts=3 minterval=1 mult=(1 2 3)
New Line.l bus1=a bus2=b r1=0.1 x1=0 r0=0.1 x0=0 c1=0 c0=0 length=1
New Load.d bus1=b.1 phases=1 kV=0.23 kW=1 pf=1 daily=s
`;
  writeFileSync(join(cwd, 'small.dss'), dss);
  const amps = async (minute: number): Promise<number> => {
    const { out } = await run('solve', 'small.dss', '--minute', String(minute), '--json');
    return (JSON.parse(out[0] ?? '') as { branches: { currentA: number }[] }).branches[0]?.currentA ?? NaN;
  };
  const [one, two, three, four] = [await amps(1), await amps(2), await amps(3), await amps(4)];
  expect(one).toBeCloseTo(4.34, 1);
  expect(two / one).toBeGreaterThan(1.99);
  expect(three / one).toBeGreaterThan(2.98);
  expect(four).toBe(one);
});

test('solve and info print tables, warnings go to standard error', async () => {
  const solved = (await run('solve', example, '--minute', '1140')).out.join('\n');
  expect(solved).toMatch(/head Oak St transformer: 7\d\.\d\d kW/);
  expect(solved).toContain('inside every limit');
  expect(solved).toMatch(/oak-pad +\d+\.\d\d V/);
  const info = (await run('info', example)).out.join('\n');
  expect(info).toContain('Oak Street: ');
  expect(info).toMatch(/Oak St transformer +transformer +225\.00/);
  const { out, said } = await run('info', example, '--json');
  expect(JSON.parse(out[0] ?? '')).toMatchObject({ name: 'Oak Street', transformers: 1, sites: 17 });
  expect(said).toEqual([]);
  writeFileSync(join(cwd, 'm.dss'), 'New Circuit.c\nNew Monitor.m element=x\n');
  expect((await run('info', 'm.dss')).said).toEqual(['warning: m.dss:2: monitor objects are left out']);
});

test('another head rating shows in the loading', async () => {
  const { out } = await run('solve', example, '--minute', '1140', '--head-kva', '60');
  expect(out.join('\n')).toMatch(/Oak St transformer at 1\d\d\.\d % of its rating/);
});

test('bad input is one clear problem', async () => {
  await expect(run('solve', 'nowhere.dss')).rejects.toThrow(/BAD_NETWORK: .*nowhere.dss, there is no such file/);
  writeFileSync(join(cwd, 'x.csv'), '');
  await expect(run('solve', 'x.csv')).rejects.toThrow(/extension/);
  writeFileSync(join(cwd, 'x.json'), '{');
  await expect(run('info', 'x.json')).rejects.toThrow(/BAD_NETWORK: .*x.json, it is not JSON/);
  await expect(run('solve', example, '--minute', '0')).rejects.toThrow(/BAD_USAGE: --minute/);
  await expect(run('solve', example, '--head-kva', 'x')).rejects.toThrow(/BAD_USAGE: --head-kva/);
});

test('solve --open and --close: supplied from the other side, islands said, loops refused', async () => {
  const lines = [
    ['l1', 'a', 'b', ''],
    ['s1', 'b', 'c', 'switch=y'],
    ['l2', 'c', 'd', ''],
    ['s2', 'a', 'd', 'switch=y enabled=no'],
  ].map(
    ([name, from, to, more]) => `New Line.${name} bus1=${from} bus2=${to} ${more} r1=0.1 x1=0 r0=0.1 x0=0 c1=0 c0=0`,
  );
  writeFileSync(
    join(cwd, 'ring.dss'),
    ['New Circuit.ring basekV=0.4 pu=1 bus1=a', ...lines, 'New Load.d bus1=c.1 phases=1 kV=0.23 kW=1 pf=1'].join('\n'),
  );
  const fed = async (...args: string[]): Promise<{ names: string[]; said: string[] }> => {
    const { out, said } = await run('solve', 'ring.dss', '--json', ...args);
    const { branches } = JSON.parse(out[0] ?? '') as { branches: { name: string; currentA: number }[] };
    return { names: branches.filter(branch => branch.currentA > 1).map(branch => branch.name), said };
  };
  expect((await fed()).names).toEqual(['l1', 's1']);
  expect((await fed('--open', 's1', '--close', 's2')).names).toEqual(['s2', 'l2']);
  expect((await fed('--open', 's1')).said.join()).toContain('without supply: 2 buses from c on, 1 loads');
  await expect(fed('--close', 's2')).rejects.toThrow('branch s2, closes a loop with l2, s1, l1');
});
