import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { powerFlow } from './power-flow';
import { drawsAt } from './draws';
import { readNetwork } from './read';

const folder = mkdtempSync(join(tmpdir(), 'headroom-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, ...rows: string[]): void => writeFileSync(join(folder, name), rows.join('\n'));

beforeEach(() => {
  write(
    'network.csv',
    'field,value',
    'name,Elm Street',
    'source.bus,650',
    'source.baseKv,12.47',
    'source.pu,1.02',
    'source.angleDeg,0',
    'source.isc3A,5000',
    'source.xOverR,4',
    'voltageBand.minPu,0.95',
    'voltageBand.maxPu,1.05',
  );
  write(
    'transformers.csv',
    'name,from,to,connection,primaryKv,secondaryKv,ratingKva,xPercent,rPercent',
    'T1,650,1,delta-wye,12.47,0.416,150,4,1',
  );
  write('lineCodes.csv', 'name,r1OhmPerKm,x1OhmPerKm,ampacityA', 'cable,0.4,0.08,200');
  write(
    'lines.csv',
    'name,from,to,lengthM,code,phases,switch,z.r,z.x',
    'L1,1,2,50,cable,,,,',
    'L2,2,3,20,,3,closed,0 0 0|0 0 0|0 0 .01,0 0 0|0 0 0|0 0 0',
  );
  write(
    'loads.csv',
    'name,bus,baseW,baseVar,phases,shape,site.kind,site.serviceW,site.firmImportW,site.firmExportW',
    'house,2,4000,500,1,day,pcs,10000,3000,1000',
    'shop,3,2000,0,3,,,,,',
  );
  write('shapes.csv', 'name,stepS,values', 'day,3600,1,0.5');
});

it('reads a folder of tables as it reads JSON', () => {
  const network = readNetwork(folder);
  expect(network).toMatchObject({ name: 'Elm Street', source: { bus: '650', baseKv: 12.47 } });
  expect(network.lines[1]).toMatchObject({ name: 'L2', phases: [3], switch: 'closed' });
  expect(network.lines[0]?.z.r[0]?.[0]).toBeCloseTo(0.02, 12);
  expect(network.loads[0]).toMatchObject({ bus: '2', phases: [1], site: { kind: 'pcs', firmImportW: 3000 } });
  expect(network.shapes).toEqual([{ name: 'day', stepS: 3600, values: [1, 0.5] }]);
  expect(powerFlow(network).solve(drawsAt(network, 0)).head[0]?.w).toBeGreaterThan(3900);
});

it.each([
  ['lines.csv', 'name,from,to,lengthM,code\nL1,1,2,x,cable', 'lines[0].lengthM, want a number of 0 or more, got x'],
  ['lines.csv', 'name,from\nL1,1,2', 'lines.csv:2, want 2 columns, got 3'],
  ['loads.csv', 'name,bus,baseW,baseVar\nh,9,1,0', 'loads[0].bus, want a bus that is connected to the source, got 9'],
])('says what is wrong with %s', (name, text, expected) => {
  write(name, text);
  expect(() => readNetwork(folder)).toThrow(expected);
});
