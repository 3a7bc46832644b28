/**
 * A feeder of our own in the manner of the IEEE 123-node one: a ganged regulator at the head, regulators of one and two phases and a bank of
 * three at taps of their own, taps set afterwards by arithmetic as its script does, laterals of one and two phases, delta and wye
 * loads of constant power, impedance and current, capacitors, closed and open switches, a delta-delta load transformer.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawsAt } from './draws';
import { type Network } from './network';
import { powerFlow } from './power-flow';
import { readNetwork } from './read';
import { switched } from './switching';
import { imbalance } from './testing/imbalance';

const folder = mkdtempSync(join(tmpdir(), 'headroom-regulated-'));
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(
  join(folder, 'Master.dss'),
  `Clear
Set DefaultBaseFrequency=60
New object=circuit.regulated
~ basekv=4.16 Bus1=100 pu=1.00 R1=0 X1=0.0001 R0=0 X0=0.0001
new transformer.reg1a phases=3 windings=2 buses=[100 100r] conns=[wye wye] kvs=[4.16 4.16] kvas=[5000 5000] XHL=.001 %LoadLoss=0.00001 ppm=0.0
new regcontrol.creg1a transformer=reg1a winding=2 vreg=120 band=2 ptratio=20 ctprim=700 R=3 X=7.5
New linecode.main nphases=3 BaseFreq=60
~ rmatrix = [0.086 | 0.029 0.088 | 0.029 0.029 0.087]
~ xmatrix = [0.204 | 0.095 0.198 | 0.072 0.08 0.201]
~ cmatrix = [2.85 | -0.92 3.0 | -0.35 -0.58 2.71]
New linecode.pair nphases=2 BaseFreq=60
~ rmatrix = [0.086 | 0.029 0.087]
~ xmatrix = [0.204 | 0.072 0.201]
~ cmatrix = [2.57 | -0.51 2.57]
New linecode.single nphases=1 BaseFreq=60 rmatrix=[0.25] xmatrix=[0.255] cmatrix=[2.27]
New Line.Sw1 phases=3 Bus1=100r Bus2=1 switch=yes r1=1e-3 r0=1e-3 x1=0.000 x0=0.000 c1=0.000 c0=0.000 Length=0.001
New Line.L1 Bus1=1 Bus2=2 LineCode=main Length=0.8 units=kft
New Line.L2 Phases=1 Bus1=2.1 Bus2=9.1 LineCode=single Length=0.4
new transformer.reg2a phases=1 windings=2 buses=[9.1 9r.1] conns=[wye wye] kvs=[2.402 2.402] kvas=[2000 2000] XHL=.01 %LoadLoss=0.00001
New Line.L3 Phases=1 Bus1=9r.1 Bus2=14.1 LineCode=single Length=0.4
New Line.L4 Phases=3 Bus1=2.1.2.3 Bus2=25.1.2.3 LineCode=main Length=0.9
new transformer.reg3a phases=1 windings=2 buses=[25.1 25r.1] conns=[wye wye] kvs=[2.402 2.402] kvas=[2000 2000] XHL=.01 %LoadLoss=0.00001
new transformer.reg3c like=reg3a buses=[25.3 25r.3]
New Line.L5 Phases=2 Bus1=25r.1.3 Bus2=26.1.3 LineCode=pair Length=0.35
New Line.L6 Phases=1 Bus1=26.3 Bus2=31.3 LineCode=single Length=0.3
New Line.Sw2 phases=3 Bus1=25 Bus2=60 switch=yes r1=1e-3 r0=1e-3 x1=0.000 x0=0.000 c1=0.000 c0=0.000 Length=0.001
new transformer.reg4a phases=1 windings=2 buses=[60.1 60r.1] conns=[wye wye] kvs=[2.402 2.402] kvas=[2000 2000] XHL=.01 %LoadLoss=0.00001
new transformer.reg4b like=reg4a buses=[60.2 60r.2]
new transformer.reg4c like=reg4a buses=[60.3 60r.3]
New Line.L7 Phases=3 Bus1=60r.1.2.3 Bus2=67.1.2.3 LineCode=main Length=0.7
New Line.L8 Phases=3 Bus1=67.1.2.3 Bus2=83.1.2.3 LineCode=main Length=0.5
New Line.Tie phases=3 Bus1=2 Bus2=83 switch=yes r1=1e-3 r0=1e-3 x1=0.000 x0=0.000 c1=0.000 c0=0.000 Length=0.001
Open Line.Tie 1
New Line.Sw8 phases=1 Bus1=67.1 Bus2=94_OPEN.1 switch=yes r1=1e-3 r0=1e-3 x1=0.000 x0=0.000 c1=0.000 c0=0.000 Length=0.001
New Transformer.XFM1 Phases=3 Windings=2 Xhl=2.72
~ wdg=1 bus=67 conn=Delta kv=4.16 kva=150 %r=0.635
~ wdg=2 bus=610 conn=Delta kv=0.48 kva=150 %r=0.635
New Capacitor.C83 Bus1=83 Phases=3 kVAR=200 kV=4.16
New Capacitor.C14a Bus1=14.1 Phases=1 kVAR=50 kV=2.402
New Load.S9a Bus1=9.1 Phases=1 Conn=Wye Model=1 kV=2.4 kW=40.0 kvar=20.0
New Load.S14a Bus1=14.1 Phases=1 Conn=Wye Model=2 kV=2.4 kW=40.0 kvar=20.0
New Load.S25 Bus1=25.1.2 Phases=1 Conn=Delta Model=1 kV=4.160 kW=40.0 kvar=20.0
New Load.S26 Bus1=26.1.3 Phases=1 Conn=Delta Model=2 kV=4.16 kW=35 kvar=20
New Load.S31c Bus1=31.3 Phases=1 Conn=Wye Model=5 kV=2.4 kW=20.0 kvar=10.0
New Load.S67 Bus1=67 Phases=3 Conn=Wye Model=5 kV=4.160 kW=105.0 kvar=75.0
New Load.S83 Bus1=83 Phases=3 Conn=Delta Model=1 kV=4.160 kW=105.0 kvar=75.0
New Load.S83b Bus1=83.2.3 Phases=1 Conn=Delta Model=5 kV=4.16 kW=70 kvar=50
New Load.S610 Bus1=610 Phases=3 Conn=Delta Model=2 kV=0.48 kW=60 kvar=20
`,
);
writeFileSync(
  join(folder, 'Run.dss'),
  `Compile (Master.dss)
Transformer.reg1a.wdg=2 Tap=(0.00625  7  * 1 +)   ! Tap 7
Transformer.reg2a.wdg=2 Tap=(0.00625 -1 * 1 +)
Transformer.reg3a.wdg=2 Tap=(0.00625  0  * 1 +)
Transformer.reg3c.wdg=2 Tap=(0.00625 -1 * 1 +)
Transformer.reg4a.wdg=2 Tap=(0.00625  8 * 1 +)
Transformer.reg4b.wdg=2 Tap=(0.00625  1 * 1 +)
Transformer.reg4c.wdg=2 Tap=(0.00625  5 * 1 +)
RegControl.creg1a.maxtapchange=0 Delay=15
New EnergyMeter.Feeder Line.L1 1
solve
Show Voltage LN Nodes
`,
);
const network = readNetwork(join(folder, 'Run.dss'));
const solved = (of: Network) => {
  const { nodes } = powerFlow(of).solve(drawsAt(of, 0));
  return (bus: string, phase: number) => nodes.find(node => node.bus === bus && node.phase === phase)?.pu ?? NaN;
};

test('what the source gives is what loads, losses and shunts take, to 1e-9', () => {
  expect(imbalance(network, 1)).toBeLessThan(1e-9);
});

test('each regulator raises its own phase by its own tap', () => {
  const pu = solved(network);
  const ratio = (from: string, to: string, phase: number) => pu(to, phase) / pu(from, phase);
  // Their impedance is next to nothing, though not nothing.
  for (const phase of [1, 2, 3]) expect(ratio('100', '100r', phase)).toBeCloseTo(1 + 7 * 0.00625, 3);
  expect(ratio('9', '9r', 1)).toBeCloseTo(1 - 0.00625, 3);
  expect([1, 3].map(phase => ratio('25', '25r', phase))).toEqual([
    expect.closeTo(1, 3) as number,
    expect.closeTo(1 - 0.00625, 3) as number,
  ]);
  const bank = [8, 1, 5].map(tap => expect.closeTo(1 + tap * 0.00625, 3) as number);
  expect([1, 2, 3].map(phase => ratio('60', '60r', phase))).toEqual(bank);
  expect(pu('25r', 2)).toBeNaN();
});

test('an open switch carries nothing, a spare one has the voltage of its end, and a tie can take over', () => {
  const pu = solved(network);
  expect(pu('94_OPEN', 1)).toBeCloseTo(pu('67', 1), 9);
  expect(() => switched(network, [{ name: 'Tie', to: 'closed' }])).toThrow(/closes a loop with/);
  const { network: other } = switched(network, [
    { name: 'Sw2', to: 'open' },
    { name: 'Tie', to: 'closed' },
  ]);
  // The bank reg4 is fed from its secondary then, and nothing but the bank hangs there.
  const turned = solved(other);
  const bank = [8, 1, 5].map(tap => expect.closeTo(1 / (1 + tap * 0.00625), 3) as number);
  expect([1, 2, 3].map(phase => turned('60', phase) / turned('60r', phase))).toEqual(bank);
  expect(imbalance(other, 1)).toBeLessThan(1e-9);
  const { islands, network: cut } = switched(network, [{ name: 'Sw2', to: 'open' }]);
  expect(islands).toHaveLength(1);
  expect(islands[0]?.loads).toEqual(expect.arrayContaining(['S67', 'S83', 'S83b', 'S610']));
  expect(imbalance(cut, 1)).toBeLessThan(1e-9);
});
