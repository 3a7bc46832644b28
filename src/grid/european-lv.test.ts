/** The gate: minute 1 of the IEEE European LV feeder against the published solutions of GridLAB-D and OpenDSS. */
import { drawsAt, minuteStart } from './draws';
import { type Phase } from './network';
import { powerFlow } from './power-flow';
import { readNetwork } from './read';
import { csv, withShared } from './testing/shared';

const phases = [1, 2, 3] as const;
const folder = 'reference/european-lv/minute-0001';

withShared(
  'European LV feeder, minute 1, against published solutions',
  [
    'feeders/european-lv/Master.dss',
    `${folder}-gridlabd-voltages.csv`,
    `${folder}-gridlabd-currents.csv`,
    `${folder}-opendss-voltages.csv`,
    `${folder}-opendss-currents.csv`,
  ],
  ([feeder, gridlabVolts, gridlabAmps, dssVolts, dssAmps]) => {
    const network = readNetwork(feeder);
    const solution = powerFlow(network).solve(drawsAt(network, minuteStart(1)));
    const nodes = new Map(solution.nodes.map(node => [`${node.bus.toLowerCase()}.${node.phase}`, node]));
    const branches = new Map(solution.branches.map(branch => [`${branch.name.toLowerCase()}.${branch.phase}`, branch]));
    const node = (bus: string, phase: Phase): { voltageV: number; angleDeg: number } => {
      const found = nodes.get(`${bus.toLowerCase()}.${phase}`);
      if (!found) throw new Error(`no node ${bus}.${phase}`);
      return found;
    };
    const nominalV = 416 / Math.sqrt(3);

    test('has every bus, and none besides', () => {
      expect(nodes.size).toBe(3 * 907);
      expect(csv(dssVolts)).toHaveLength(907);
    });

    test('within 5e-6 pu of GridLAB-D at every LV node, as a phasor', () => {
      const rows = csv(gridlabVolts).filter(row => /^Bus\d+$/.test(row['node_name'] ?? ''));
      expect(rows).toHaveLength(906);
      let magnitude = 0;
      let phasor = 0;
      for (const row of rows)
        for (const phase of phases) {
          const letter = 'ABC'.charAt(phase - 1);
          const angle = Number(row[`volt${letter}_angle`]);
          const volts = Number(row[`volt${letter}_mag`]);
          const ours = node((row['node_name'] ?? '').slice(3), phase);
          const radians = (ours.angleDeg * Math.PI) / 180;
          magnitude = Math.max(magnitude, Math.abs(ours.voltageV - volts) / nominalV);
          const re = ours.voltageV * Math.cos(radians) - volts * Math.cos(angle);
          const im = ours.voltageV * Math.sin(radians) - volts * Math.sin(angle);
          phasor = Math.max(phasor, Math.hypot(re, im) / nominalV);
        }
      // Their angles have six decimals of a radian.
      expect(phasor).toBeLessThan(5e-6);
      expect(magnitude).toBeLessThan(1e-7);
    });

    test('within 1e-5 pu of OpenDSS at every node', () => {
      let magnitude = 0;
      let degrees = 0;
      for (const row of csv(dssVolts))
        for (const phase of phases) {
          const base = (Number(row['BasekV']) * 1000) / Math.sqrt(3);
          const ours = node(row['Bus'] ?? '', phase);
          magnitude = Math.max(magnitude, Math.abs(ours.voltageV - Number(row[`Magnitude${phase}`])) / base);
          degrees = Math.max(degrees, Math.abs(((ours.angleDeg - Number(row[`Angle${phase}`]) + 540) % 360) - 180));
        }
      expect(magnitude).toBeLessThan(1e-5);
      // Printed to a tenth of a degree.
      expect(degrees).toBeLessThan(0.06);
    });

    test('currents of every line within 1 mA of both', () => {
      let seen = 0;
      let worst = 0;
      const near = (name: string, phase: Phase, amps: string | undefined): void => {
        const ours = branches.get(`${name.toLowerCase()}.${phase}`);
        if (!ours) throw new Error(`no branch ${name}.${phase}`);
        worst = Math.max(worst, Math.abs(ours.currentA - Number(amps)));
        seen++;
      };
      for (const row of csv(gridlabAmps))
        if (/^LINE\d+$/.test(row['link_name'] ?? ''))
          for (const phase of phases) near(row['link_name'] ?? '', phase, row[`curr${'ABC'.charAt(phase - 1)}_mag`]);
      for (const row of csv(dssAmps))
        if (/^Line\./i.test(row['Element'] ?? ''))
          for (const phase of phases) near((row['Element'] ?? '').slice(5), phase, row[`I1_${phase}`]);
      expect(seen).toBe(2 * 3 * 905);
      expect(worst).toBeLessThan(1e-3);
    });

    test('head: the transformer carries what the published solution says', () => {
      const watts = solution.head.reduce((sum, phase) => sum + phase.w, 0);
      expect(watts).toBeGreaterThan(2780);
      expect(watts).toBeLessThan(2820);
      expect(branches.get('tr1.1')?.currentA).toBeCloseTo(4.411689, 5);
    });
  },
);

withShared(
  'other published feeders',
  ['feeders/secondary-test-circuit/Master.DSS', 'feeders/uom-lv/network/Master.txt'],
  files => {
    test.each(files)('%s is read and solved', file => {
      const network = readNetwork(file);
      const flow = powerFlow(network);
      flow.solve(drawsAt(network, minuteStart(1)));
      expect(flow.minMaxPu().minPu).toBeGreaterThan(0.9);
      expect(flow.minMaxPu().maxPu).toBeLessThan(1.05);
      expect(network.warnings?.length).toBeGreaterThan(0);
    });
  },
);
