import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawsAt } from '../draws';
import { type Network } from '../network';
import { powerFlow } from '../power-flow';
import { sharedFile } from '../testing/shared';
import { readDss } from './read-dss';

const folder = mkdtempSync(join(tmpdir(), 'headroom-relabel-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (text: string): Network => {
  const file = join(folder, 'm.dss');
  writeFileSync(file, `Set DefaultBaseFrequency=50\nNew Circuit.C basekV=0.4 bus1=a\n${text}`);
  return readDss(file);
};
const volts = (network: Network): Map<string, number> => {
  const flow = powerFlow(network);
  const p = new Float64Array(flow.nodeCount);
  const q = new Float64Array(flow.nodeCount);
  const elements = flow.load(drawsAt(network, 0), p, q);
  flow.run(p, q, { elements });
  return new Map(
    network.loads.flatMap(({ bus, name, phases }) =>
      phases.map((phase, i) => [`${name} ${i}`, flow.voltageV(flow.node(bus, phase))] as const),
    ),
  );
};

const code = `New LineCode.four nphases=3 r1=0.3 x1=0.1 r0=0.9 x0=0.3 c1=0 c0=0 units=km
New LineCode.two nphases=2 rmatrix=[0.5 | 0.1 0.6] xmatrix=[0.3 | 0.15 0.4] cmatrix=[0 | 0 0] units=km
New Line.main a b linecode=four length=0.2 units=km\n`;

test('what hangs from node 2 is on phase 2, whatever its own bus calls it', () => {
  // The same street twice: with every node called 1, and with the names that the phases have.
  const service = (from: number, name: string, to: number) =>
    `New Line.${name} b.${from} ${name}.${to} phases=1 r1=0.4 x1=0.05 r0=0.4 x0=0.05 c1=0 c0=0 length=0.03 units=km
     New Load.${name} bus1=${name}.${to} phases=1 kV=0.23 kW=${4 + from} pf=0.95\n`;
  const shared = (nodes: string, load: string) => `New Line.pair b.2.3 p.${nodes} linecode=two length=0.1 units=km
     New Load.p bus1=p.${load} phases=1 kV=0.23 kW=3 pf=1
     New Capacitor.p bus1=p.${load} phases=1 kV=0.23 kvar=1\n`;
  const own = read(code + service(1, 'x', 1) + service(2, 'y', 1) + service(3, 'z', 1) + shared('1.2', '2'));
  const plain = read(code + service(1, 'x', 1) + service(2, 'y', 2) + service(3, 'z', 3) + shared('2.3', '3'));
  expect(own.loads.map(({ phases }) => phases)).toEqual(plain.loads.map(({ phases }) => phases));
  expect(own.lines.map(({ phases, z }) => [phases, z])).toEqual(plain.lines.map(({ phases, z }) => [phases, z]));
  expect(own.capacitors).toEqual(plain.capacitors);
  expect(volts(own)).toEqual(volts(plain));
  expect(own.warnings?.join()).toContain('nodes of 3 buses are named by the phase');
});

test('a change of order goes on downstream, and a matrix goes with it', () => {
  const turned = read(`${code}New Line.l b.1.2 c.2.1 linecode=two length=0.1 units=km
     New Line.m c.2.1 d.2.1 linecode=two length=0.1 units=km
     New Load.d bus1=d.2 phases=1 kV=0.23 kW=3 pf=1`);
  expect(turned.loads[0]?.phases).toEqual([1]);
  expect(turned.lines[2]?.phases).toEqual([1, 2]);
  expect(turned.lines[2]?.z.r[0]?.[0]).toBeCloseTo(0.05, 12);
  expect(turned.lines[2]?.z.r[1]?.[1]).toBeCloseTo(0.06, 12);
});

test('a three-phase transformer that is fed in another order is refused', () => {
  expect(() =>
    read(`${code}New Line.l b.1.2.3 c.2.3.1 linecode=four length=0.1 units=km
      New Transformer.t phases=3 windings=2 buses=[c d] conns=[wye wye] kVs=[0.4 0.4] kVAs=[100 100]`),
  ).toThrow(/another order than 1.2.3/);
});

const tutorial = sharedFile('feeders/uom-lv-tutorial/LVcircuit-master.txt');
test('the tutorial network of the University of Melbourne is read: customers of three phases, all of them at node 1', () => {
  if (tutorial === undefined) return console.warn('SKIPPED: uom-lv-tutorial, which is not beside the repository');
  const network = readDss(tutorial);
  expect(network.loads).toHaveLength(31);
  expect(new Set(network.loads.map(({ phases }) => phases.join()))).toEqual(new Set(['1', '2', '3']));
  const all = [...volts(network).values()];
  expect(Math.min(...all)).toBeGreaterThan(240);
  expect(Math.max(...all)).toBeLessThan(250.1);
});
