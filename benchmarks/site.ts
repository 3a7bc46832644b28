import { type NewSite } from '../src/functions/provision';

export const lfdiOf = (n: number): string => n.toString(16).toUpperCase().padStart(40, '0');

/** The n-th site of a benchmark: 20 kW of import and 10 kW of export, a tenth of each firm. */
export const benchSite = (n: number, more: Partial<NewSite> = {}): NewSite => ({
  name: `site ${n}`,
  lfdi: lfdiOf(n),
  sfdi: n,
  role: 'device',
  pin: 111_115,
  phases: [1],
  maxImportW: 20_000,
  maxExportW: 10_000,
  firmImportW: 2000,
  firmExportW: 1000,
  weight: 1,
  derType: 83,
  ...more,
});
