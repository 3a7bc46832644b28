const site = { kind: 'inverter', serviceW: 30_000, firmImportW: 1000, firmExportW: 1000 };
/** Four sites on all three phases of one transformer, which is what binds them: an aggregator's sites can share. */
export const oneTransformer = {
  format: 'headroom-network/1',
  name: 'One transformer',
  source: { bus: 'mv', baseKv: 12.47, pu: 1, angleDeg: 0, isc3A: 6000, xOverR: 3 },
  transformers: [
    {
      ...{ name: 'T1', from: 'mv', to: 'pad', connection: 'delta-wye', primaryKv: 12.47, secondaryKv: 0.416 },
      ...{ ratingKva: 45, xPercent: 3, rPercent: 1 },
    },
  ],
  lineCodes: [{ name: 'main', r1OhmPerKm: 0.05, x1OhmPerKm: 0.04 }],
  lines: [{ name: 'street', from: 'pad', to: 'street', phases: [1, 2, 3], lengthM: 50, code: 'main' }],
  loads: [1, 2, 3, 4].map(n => ({ name: `s${n}`, bus: 'street', phases: [1, 2, 3], baseW: 1000, baseVar: 0, site })),
  shapes: [],
  voltageBand: { minPu: 0.9, maxPu: 1.1 },
};
