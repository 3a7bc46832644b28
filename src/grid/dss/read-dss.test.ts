import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { powerOf } from '../draws';
import { type Line, type Load, type Network, type Transformer } from '../network';
import { readNetwork } from '../read';
import { readDss } from './read-dss';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'headroom-dss-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const start = 'Set DefaultBaseFrequency=50\nNew Circuit.C basekV=0.4 bus1=a\n';
const read = (text: string): Network => readDss(put('m.dss', start + text));
const lineOf = (text: string): Line => read(text).lines[0] as Line;
const loadOf = (text: string): Load => read(text).loads[0] as Load;
const transformerOf = (text: string): Transformer => read(text).transformers[0] as Transformer;

describe('script', () => {
  test('comments, any case, abbreviations, positional values, continuation lines and every kind of bracket', () => {
    const network = readDss(
      put(
        'm.dss',
        `! a comment
CLEAR
/* a block
New Nonsense.x */
// another
new circuit.Test-Net BASEKV=11 pu=1.02 ! after
~ angle=5 isc3=2000
More isc1=1500
NEW linecode.lc NPhases=3 r1=1 x1=.5 r0=2 x0=1 c1=0 c0=0 units=km
New "Line.First one" a b lc 100 units=m
New object=Line.l2 bus1=b bus2=c linecode={lc} len=50 normamp=120
Line.l2.normamps=130
EDIT line.L2 units="m"
`,
      ),
    );
    expect(network.name).toBe('Test-Net');
    expect(network.source).toMatchObject({ bus: 'SourceBus', baseKv: 11, pu: 1.02, angleDeg: 5 });
    expect(network.source.isc3A).toBeCloseTo(2000, 9);
    expect(network.lines.map(({ from, lengthM, name, to }) => [name, from, to, lengthM])).toEqual([
      ['First one', 'a', 'b', 100],
      ['l2', 'b', 'c', 50],
    ]);
    expect(network.lines[1]?.ampacityA).toBe(130);
    expect(network.lines[0]?.z.r[0]).toEqual([4 / 30, 1 / 30, 1 / 30].map(v => expect.closeTo(v, 12) as number));
  });

  test('redirect and compile find files beside the script that names them, with any case and slash', () => {
    put('Parts/Lines.TXT', 'New Line.l bus1=a bus2=b\nRedirect ..\\codes.dss\n');
    put('codes.dss', 'New LineCode.x nphases=3\n');
    put('Parts/more.dss', 'New Line.m bus1=b bus2=c\n');
    expect(
      read('Redirect parts/lines.txt\nCompile "Parts\\more.dss"\nNew Line.n bus1=c bus2=d linecode=x').lines,
    ).toHaveLength(3);
  });

  test('batchedit changes what its pattern matches, whatever the case', () => {
    const { lines } = read('New Line.a1 a b\nNew Line.a2 b c\nNew Line.b1 c d\nBatchEdit LINE.A. normamps=77');
    expect(lines.map(line => line.ampacityA)).toEqual([77, 77, undefined]);
  });

  test('like, disable, enabled and open', () => {
    const { lines } = read(
      `New Line.l1 a b r1=5 x1=0 r0=5 x0=0 c1=0 c0=0
New Line.l2 like=l1 bus1=b bus2=c
New Line.l3 like=l1 bus2=d enabled=no
New Line.l4 like=l1 bus2=e
Disable Line.l4
New Line.l5 like=l1 bus2=f
Open Line.l5 1`,
    );
    expect(lines.map(line => line.name)).toEqual(['l1', 'l2']);
    expect(lines[1]?.z.r[1]?.[1]).toBe(5);
  });

  test('what is harmless is left out with a warning, once a class', () => {
    const { warnings } = read(
      'New EnergyMeter.m element=x\nNew Monitor.a\n~ mode=1\nNew Monitor.b\nSet mode=daily\nSet Frobnicate=1\nSolve\nBuscoords x.csv\nShow voltages',
    );
    expect(warnings).toEqual([
      'm.dss:3: energymeter objects are left out',
      'm.dss:4: monitor objects are left out',
      'm.dss:8: the option Frobnicate is left out',
    ]);
  });

  test.each([
    ['New Storage.x bus1=a', /m.dss:3, objects of class storage are not supported/],
    ['Frobnicate x', /m.dss:3, the command Frobnicate is not supported/],
    ['New Line', /m.dss:3, want Class.Name/],
    ['New Line.l bogus=1', /m.dss:3, line has no property bogus/],
    ['New Line.l a b\nNew Line.L b c', /m.dss:4, a second line L/],
    ['Edit Line.x length=1', /m.dss:3, there is no line x/],
    ['New Line.l a b x', /m.dss:3, there is no linecode x/],
    ['New Line.l a b length=ten', /m.dss:3, l.length is not a number.*got ten/],
    ['New Line.l a b length=(1 2', /m.dss:3, \( is not closed with \)/],
    ['New Line.l a b length=', /m.dss:3, a value is missing after length=/],
    ['New Line.l a b geometry=g', /m.dss:3, line l is given by its geometry/],
    ['New Line.l a b units=furlong', /m.dss:3, this unit of length is not known/],
    ['New Line.l a.1 b.1 phases=1\nNew Line.m a.2 b.1 phases=1', /m.dss:4, node 1 of bus b is fed from two phases/],
    ['New Line.l a.1 b.1 phases=1\nNew Line.m a.1 b.2 phases=1', /m.dss:4, nodes 1 and 2 of bus b would be one and/],
    ['New Line.l a b phases=4', /m.dss:3, line l has 4 phases/],
    ['New Line.l bus1=a', /m.dss:3, line l has no bus2/],
    ['New LineCode.c nphases=2 rmatrix=(1 | 2 3 | 4)', undefined],
    ['New LineCode.c nphases=2 rmatrix=(1 | 2 3 | 4)\nNew Line.l a b c', /m.dss:3, c.rmatrix is not a 2 × 2 matrix/],
    ['New Load.d bus1=a phases=1 conn=delta', /m.dss:3, load d: a delta load of one phase names the two phases/],
    ['New Load.d bus1=a.1.2 phases=2 conn=delta', /m.dss:3, load d: an open delta is not supported/],
    ['New Load.d bus1=a.1.4 phases=1', /m.dss:3, load d: explicit neutrals and elements between phases/],
    ['New Load.d bus1=a model=8', /m.dss:3, load d is of model 8/],
    ['New Capacitor.c bus1=a bus2=b', /m.dss:3, capacitor c: only capacitors to neutral/],
    ['New Capacitor.c bus1=a conn=delta', /m.dss:3, capacitor c: a delta connection is not supported/],
    ['New Load.d bus1=a daily=none2', /m.dss:3, there is no loadshape none2/],
    ['New Loadshape.s mult=(file=no.csv)\nNew Load.d bus1=a daily=s', /m.dss:3, there is no file no.csv/],
    ['New Transformer.t windings=4', /m.dss:3, transformer t has 4 windings/],
    [
      'New Transformer.t windings=3 buses=(a b c)',
      /m.dss:3, transformer t: three windings are read where they are centre-/,
    ],
    ['New Transformer.t buses=(a b) conns=(wye delta)', /m.dss:3, transformer t: a delta secondary/],
    ['New Transformer.t buses=(a b) conns=(delta wye) LeadLag=Lead', /only delta-wye with the low side lagging/],
    ['New Vsource.second bus1=b', /m.dss:3, a second source, second/],
    ['Redirect nothere.dss', /m.dss:3, there is no file nothere.dss/],
    ['Redirect', /m.dss:3, a file name is missing/],
    ['Redirect m.dss', /m.dss:3, m.dss redirects to itself/],
    ['Redirect .', /m.dss:3, . is not a file/],
    ['BatchEdit Line.(a+)+b length=1', /m.dss:3, this pattern of names is not supported/],
    ['New Circuit.d', /m.dss:3, a second circuit, d/],
    ['var @x=1', /m.dss:3, the command var is not supported/],
    ['cd x', /m.dss:3, the command cd is not supported/],
  ])('%s', (text, message) => {
    if (message === undefined) expect(() => read(text)).not.toThrow();
    else expect(() => read(text)).toThrow(message);
  });

  test('no circuit, and circles of files', () => {
    expect(() => readDss(put('e.dss', '! nothing\n'))).toThrow(/has no circuit/);
    expect(() => readDss(put('f.dss', 'New Line.l a b'))).toThrow(/f.dss:1, there is no circuit yet/);
    put('one.dss', 'Redirect two.dss');
    put('two.dss', 'Redirect one.dss');
    expect(() => read('Redirect one.dss')).toThrow(/two.dss:1, one.dss redirects to itself/);
  });

  test('files that are too large or too many are refused', () => {
    const limits = { fileBytes: 400, totalBytes: 700, files: 4 };
    const master = put('l.dss', `${start}Redirect x.dss\nRedirect x.dss\nRedirect x.dss\nRedirect x.dss\n`);
    put('x.dss', '!'.repeat(500));
    expect(() => readDss(master, limits)).toThrow(/l.dss:3, x.dss is larger than 400 bytes/);
    put('x.dss', '!'.repeat(390));
    expect(() => readDss(master, limits)).toThrow(/l.dss:4, the files of this network are larger than 700 bytes/);
    put('x.dss', '!');
    expect(() => readDss(master, limits)).toThrow(/l.dss:6, this network reads more than 4 files/);
  });

  test('names keep accents in UTF-8 and in Latin-1', () => {
    expect(read('New Line.Königsallee a b').lines[0]?.name).toBe('Königsallee');
    const latin = Buffer.from(`${start}New Line.Königsallee a b`, 'latin1');
    expect(readDss(put('latin.dss', latin)).lines[0]?.name).toBe('Königsallee');
  });
});

describe('lines', () => {
  test('units of line code and line are converted; without units they are taken as they are', () => {
    const code = 'New LineCode.c r1=1 x1=1 r0=1 x0=1 c1=0 c0=0 units=km\n';
    const ohms = (rest: string): number => lineOf(`${code}New Line.l a b c ${rest}`).z.r[0]?.[0] ?? NaN;
    expect(ohms('length=500 units=m')).toBeCloseTo(0.5, 12);
    expect(ohms('length=1 units=mi')).toBeCloseTo(1.609344, 9);
    expect(ohms('units=kft length=2')).toBeCloseTo(0.6096, 9);
    expect(ohms('length=3')).toBeCloseTo(3, 12);
    expect(lineOf('New Line.l a b r1=2 x1=0 r0=2 x0=0 length=3 units=km').z.r[0]?.[0]).toBe(6);
  });

  test('matrices in full and as lower triangles, sequence values after them, and the other way round', () => {
    const matrix =
      'New LineCode.c nphases=3 r1=9 rmatrix=(1 | .2 1 | .3 .4 1) xmatrix=[1 .2 .3 | .2 1 .4 | .3 .4 1] cmatrix=[0|0 0|0 0 0]\n';
    const { b, z } = lineOf(`${matrix}New Line.l a b c length=2`);
    expect(z.r[0]).toEqual([2, 0.4, 0.6]);
    expect(z.x[2]).toEqual([0.6, 0.8, 2]);
    expect(b).toBeUndefined();
    const back = lineOf(`${matrix}New Line.l a b c length=2 r1=1 r0=1 x1=1 x0=1 c1=0 c0=0`);
    expect(back.z.r[0]).toEqual([2, 0, 0]);
  });

  test('a line of one phase stands at its place, with (2 Z1 + Z0) / 3', () => {
    const { phases, z } = lineOf('New Line.l bus1=a.2 bus2=b.2 phases=1 r1=1 r0=4 x1=0 x0=0 c1=0 c0=0');
    expect(phases).toEqual([2]);
    expect(z.r).toEqual([
      [0, 0, 0],
      [0, 2, 0],
      [0, 0, 0],
    ]);
  });

  test('capacitance is kept as susceptance at the frequency of the network', () => {
    const { b } = lineOf('New Line.l a b r1=1 x1=1 r0=1 x0=1 c1=400 c0=400 length=2');
    expect(b?.[0]?.[0]).toBeCloseTo(2 * Math.PI * 50 * 400e-9 * 2, 15);
    expect(b?.[0]?.[1]).toBeCloseTo(0, 15);
  });

  test('a switch is a short piece; reactance follows the base frequency of its code', () => {
    expect(lineOf('New Line.l a b switch=y').z.r[0]?.[0]).toBeCloseTo(0.001, 12);
    const code = 'New LineCode.c r1=1 x1=1.2 r0=1 x0=1.2 c1=0 c0=0 basefreq=60\n';
    expect(lineOf(`${code}New Line.l a b c`).z.x[0]?.[0]).toBeCloseTo(1, 12);
  });
});

describe('transformers', () => {
  test('as arrays, and winding by winding', () => {
    const wanted = {
      from: 'a',
      to: 'b',
      connection: 'delta-wye',
      primaryKv: 11,
      secondaryKv: 0.416,
      ratingKva: 800,
      xPercent: 4,
    };
    const arrays = transformerOf(
      'New Transformer.T Buses=[a b] Conns=[Delta Wye] kVs=[11 0.416] kVAs=[800 800] XHL=4 sub=y',
    );
    expect(arrays).toMatchObject({ ...wanted, rPercent: 0.4 });
    const windings = transformerOf(
      `New Transformer.T windings=2 xhl=4
~ wdg=1 bus=a conn=delta kv=11 kva=800 %r=0.3
~ wdg=2 bus=b.1.2.3.0 conn=wye kv=.416 kva=800 %r=0.3 tap=1`,
    );
    expect(windings).toMatchObject({ ...wanted, rPercent: 0.6 });
  });

  test('losses, taps and codes', () => {
    const one = transformerOf(
      'New Transformer.T buses=(a b) conns=(delta wye) kvs=(22 .433) kvas=(500 500) %loadloss=1.3 %noloadloss=.12 %imag=.5 xhl=3.85 wdg=1 tap=1.025',
    );
    expect(one).toMatchObject({ rPercent: 1.3, noLoadPercent: 0.12, magnetisingPercent: 0.5, tap: 1.025 });
    const coded = transformerOf(
      'New XfmrCode.x kvs=(12.47 .48) kvas=(75 75) conns=(wye wye) xhl=2\nNew Transformer.T xfmrcode=x buses=(a b)',
    );
    expect(coded).toMatchObject({ primaryKv: 12.47, ratingKva: 75, connection: 'wye-wye', xPercent: 2 });
  });

  test('one phase: kilovolts are line to neutral', () => {
    const one = transformerOf(
      'New Transformer.T phases=1 wdg=1 bus=a.2 kv=7.2 kva=50 wdg=2 bus=b.2 kv=.24 kva=50 xhl=1.44 %Rs=(.59 .59)',
    );
    expect(one).toMatchObject({ phases: [2], ratingKva: 50, rPercent: 1.18, connection: 'wye-wye' });
    expect(one.primaryKv).toBeCloseTo(7.2 * Math.sqrt(3), 12);
  });
});

describe('loads and shapes', () => {
  const shaped = (text: string, t: number): { w: number; var: number } => {
    const network = read(text);
    return powerOf(network)(network.loads[0] as Load, t);
  };

  test('kW with pf or kvar, kVA with pf, and which comes last', () => {
    const of = (text: string): [number, number] => {
      const { baseVar, baseW } = loadOf(`New Load.d bus1=a.1 phases=1 ${text}`);
      return [Math.round(baseW), Math.round(baseVar)];
    };
    expect(of('kW=1 pf=0.8')).toEqual([1000, 750]);
    expect(of('kW=1 pf=-0.8')).toEqual([1000, -750]);
    expect(of('kW=2 kvar=1')).toEqual([2000, 1000]);
    expect(of('kW=2 kvar=1 pf=1')).toEqual([2000, 0]);
    expect(of('kVA=10 pf=0.6')).toEqual([6000, 8000]);
    expect(of('')).toEqual([10000, 5397]);
  });

  test('load multiplier, fixed loads excepted', () => {
    const { loads } = read('Set LoadMult=0.5\nNew Load.x bus1=a kW=10 pf=1\nNew Load.y bus1=a kW=10 pf=1 status=fixed');
    expect(loads.map(each => each.baseW)).toEqual([5000, 10000]);
  });

  test('generators and PV systems draw negative watts', () => {
    const { loads } = read(
      'New Generator.g bus1=a kW=30 pf=1\nNew PVSystem.p bus1=a.3 phases=1 Pmpp=6 kVA=5 irradiance=1 pf=1\nNew PVSystem.q bus1=a Pmpp=4 kVA=5 irradiance=.5',
    );
    expect(loads.map(({ baseW, name }) => [name, baseW])).toEqual([
      ['Generator.g', -30000],
      ['PVSystem.p', -5000],
      ['PVSystem.q', -2000],
    ]);
    expect(loads[1]?.phases).toEqual([3]);
  });

  test('multipliers in place, with vars of their own, of steps in hours, minutes or seconds', () => {
    const load = '\nNew Load.d bus1=a kW=10 kvar=4 daily=s';
    expect(shaped(`New Loadshape.s npts=2 interval=1 mult=(.5, 1)${load}`, 3600)).toEqual({ w: 10000, var: 4000 });
    expect(shaped(`New Loadshape.s npts=2 minterval=5 Pmult=[.5 1] qmult=[2 3]${load}`, 299)).toEqual({
      w: 5000,
      var: 8000,
    });
    expect(shaped(`New Loadshape.s npts=2 sinterval=10 mult=[.5 1 7]${load}`, 20)).toEqual({ w: 5000, var: 2000 });
    expect(shaped(`New Loadshape.s npts=2 interval=1 mult=(2 4) action=normalize${load}`, 0)).toEqual({
      w: 5000,
      var: 2000,
    });
  });

  test('a shape of actual values is in kilowatts, until it is told not to be', () => {
    const text = 'New Loadshape.s npts=1 interval=1 mult=(3) useactual=yes\nNew Load.d bus1=a kW=10 pf=0.8 yearly=s';
    expect(shaped(text, 0).w).toBeCloseTo(3000, 9);
    expect(shaped(text, 0).var).toBeCloseTo(2250, 9);
    expect(shaped(`${text}\nBatchEdit LoadShape..* useactual=no`, 0).w).toBeCloseTo(30000, 9);
    const both =
      'New Loadshape.s npts=1 interval=1 mult=(3) qmult=(1) useactual=yes\nNew Load.d bus1=a kW=10 pf=0.8 duty=s';
    expect(shaped(both, 0)).toEqual({ w: 3000, var: 1000 });
  });

  test('values from text and binary files', () => {
    put('s.csv', 'h,1\n0.5,10\n0.25,20\n');
    put('Bin/p.dbl', Buffer.from(Float64Array.of(0.5, 0.75).buffer));
    put('Bin/q.sng', Buffer.from(Float32Array.of(0.5, 0.25).buffer));
    const load = '\nNew Load.d bus1=a kW=10 kvar=1 daily=s';
    expect(shaped(`New Loadshape.s npts=2 interval=1 mult=(file=s.csv, column=2, header=yes)${load}`, 3600).w).toBe(
      200_000,
    );
    expect(
      shaped(`New Loadshape.s interval=1 mult=[dblfile=bin\\P.dbl] qmult=[sngfile=bin/q.sng]${load}`, 3600),
    ).toEqual({ w: 7500, var: 250 });
    put('bad.csv', '1\nx\n');
    expect(() => read(`New Loadshape.s mult=(file=bad.csv)${load}`)).toThrow(/bad.csv:2, value is not a number, got x/);
    expect(() => read(`New Loadshape.s mult=[dblfile=s.csv]${load}`)).toThrow(/not a file of 8-byte numbers/);
  });

  test('only shapes in use are read', () => {
    expect(read('New Loadshape.s mult=(file=nowhere.csv)').shapes).toEqual([]);
  });
});

describe('the source', () => {
  test('impedance from MVA, amperes or ohms', () => {
    const of = (text: string) => readDss(put('m.dss', `New Circuit.c basekV=11 ${text}`)).source;
    expect(of('MVAsc3=100').isc3A).toBeCloseTo(100e6 / (Math.sqrt(3) * 11e3), 6);
    expect(of('MVAsc3=100').xOverR).toBeCloseTo(4, 9);
    const { isc3A, zero } = of('isc3=3000 isc1=2000');
    expect(isc3A).toBeCloseTo(3000, 6);
    const x1 = 11e3 / Math.sqrt(3) / 3000 / Math.sqrt(1 + 1 / 16);
    expect(Math.hypot((2 * x1) / 4 + (zero?.rOhm ?? 0), 2 * x1 + (zero?.xOhm ?? 0))).toBeCloseTo(
      (3 * 11e3) / Math.sqrt(3) / 2000,
      6,
    );
    expect(of('r1=1 x1=2 r0=3 x0=4')).toMatchObject({ xOverR: 2, zero: { rOhm: 3, xOhm: 4 } });
  });

  test('three sources of one phase make one of three', () => {
    const { source } = readDss(
      put(
        'm.dss',
        'New Circuit.c bus1=s.1 basekV=12.7 pu=1.01 angle=1 phases=1\nNew Vsource.v2 bus1=s.2 basekV=12.7 pu=1 angle=-120 phases=1\nNew Vsource.v3 bus1=s.3 basekV=12.7 pu=.99 angle=120 phases=1',
      ),
    );
    expect(source.baseKv).toBeCloseTo(12.7 * Math.sqrt(3), 12);
    expect(source.phasors?.map(({ pu }) => pu)).toEqual([1.01, 1, 0.99]);
    expect(() => readDss(put('n.dss', 'New Circuit.c bus1=s.1 basekV=12.7 phases=1'))).toThrow(
      /does not have all three phases/,
    );
  });

  test('the band is that of the frequency, or as the file says', () => {
    expect(readDss(put('m.dss', start)).voltageBand).toEqual({ minPu: 0.9, maxPu: 1.1 });
    expect(readDss(put('m.dss', 'New Circuit.c')).voltageBand).toEqual({ minPu: 0.95, maxPu: 1.05 });
    expect(readDss(put('m.dss', `${start}Set NormVminpu=.94 NormVmaxpu=1.1`)).voltageBand).toEqual({
      minPu: 0.94,
      maxPu: 1.1,
    });
  });
});

test('readNetwork chooses by extension and refuses what is no tree', () => {
  expect(readNetwork(put('m.DSS', `${start}New Line.l a b`)).lines).toHaveLength(1);
  expect(() => readNetwork(put('i.dss', `${start}New Line.l b c`))).toThrow(
    /BAD_NETWORK: line l, bus b is not connected/,
  );
  expect(() => readNetwork(folder)).toThrow(/this is not a file/);
});
