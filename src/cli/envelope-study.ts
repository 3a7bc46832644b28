/**
 * Envelopes of a network file without a server: an engine's answer for all steps, what planning for the worst hour would have given,
 * and the judgement of the verifier. Everything follows from the file, the options and the seed, so a saved run can be judged again.
 */
import { Problem } from '../base/problem';
import { type Envelope, envelopesOf, type GroupEnvelope, groupsIn, noticesOf, type Snapshot } from '../engines/api';
import { loadEngine } from '../engines';
import { sitesOf, snapshotOf } from '../engines/network-snapshot';
import { mean } from './envelope-figures';
import { withHeadRating } from '../grid/assets';
import { minuteStart } from '../grid/draws';
import { type Network } from '../grid/network';
import { drawsInStep } from '../grid/passive-draws';
import { readNetwork } from '../grid/read';
import { upperBound } from '../grid/clopper-pearson';
import { type BoxReport, type Breach, type SampleKind, sampleKinds, Verifier } from '../grid/verify';

/** All that a run depends on, as it is written into its file. */
export interface StudySettings {
  readonly network: string;
  readonly active?: number;
  /** So many aggregators speak for the sites, each for neighbours in the order of the file; none unless given. */
  readonly aggregators?: number;
  readonly maxImportW: number;
  readonly maxExportW: number;
  readonly headKva?: number;
  readonly sourcePu?: number;
  readonly band?: readonly [number, number];
  readonly minute: number;
  readonly stepS: number;
  readonly steps: number;
  readonly seed: number;
}

export interface Study {
  readonly format: 'headroom-envelopes/1';
  readonly settings: StudySettings;
  readonly engine: string;
  readonly engineOptions?: unknown;
  readonly envelopes: readonly Envelope[];
  /** Limits for sums over sites of one aggregator. */
  readonly groups?: readonly GroupEnvelope[];
}

export interface Judgement {
  readonly passed: boolean;
  readonly samples: number;
  readonly broken: number;
  readonly byKind: Readonly<Record<SampleKind, { samples: number; broken: number }>>;
  readonly breaches: readonly (Breach & { readonly step: number })[];
  readonly atRest: readonly Breach[];
  readonly probabilityBelow: number;
}

/** The network with what the settings change in it. `file` is the path already resolved. */
export function studyNetwork(file: string, { band, headKva, sourcePu }: StudySettings): Network {
  const read = readNetwork(file);
  const rated = headKva === undefined ? read : withHeadRating(read, headKva);
  if (sourcePu !== undefined && rated.source.phasors)
    throw new Problem('BAD_USAGE', { at: '--source-pu', note: 'this source has a voltage for each phase of its own' });
  return {
    ...rated,
    ...(sourcePu === undefined ? {} : { source: { ...rated.source, pu: sourcePu } }),
    ...(band ? { voltageBand: { minPu: band[0], maxPu: band[1] } } : {}),
  };
}

export function studySnapshot(network: Network, settings: StudySettings): Snapshot {
  const { active, aggregators, maxExportW, maxImportW, minute, seed, stepS, steps } = settings;
  const sites = sitesOf(network, active, seed);
  if (aggregators !== undefined && aggregators > sites.length)
    throw new Problem('BAD_USAGE', {
      at: '--aggregators',
      want: `at most ${sites.length}, the sites`,
      got: aggregators,
    });
  const snapshot = snapshotOf(network, {
    sites,
    maxImportW,
    maxExportW,
    start: 0,
    startS: minuteStart(minute),
    stepS,
    steps,
    seed,
  });
  if (aggregators === undefined) return snapshot;
  const aggregatorOf = (i: number) => `aggregator ${1 + Math.floor((i * aggregators) / sites.length)}`;
  return { ...snapshot, devices: snapshot.devices.map((device, i) => ({ ...device, aggregator: aggregatorOf(i) })) };
}

export interface EngineRun {
  readonly envelopes: readonly Envelope[];
  readonly groups: readonly GroupEnvelope[];
  readonly notices: readonly string[];
  /** Mean limits of all sites and steps, W. */
  readonly meanImportW: number;
  readonly meanExportW: number;
}

export async function runEngine(
  snapshot: Snapshot,
  name: string,
  options: unknown,
  dir: string,
  stop: AbortSignal,
): Promise<EngineRun> {
  const proposal = await loadEngine(name, options, dir).engine.compute(snapshot, stop);
  const envelopes = envelopesOf(proposal);
  return {
    envelopes,
    groups: groupsIn(proposal),
    notices: noticesOf(proposal).map(({ text }) => text),
    meanImportW: mean(envelopes.flatMap(({ importW }) => importW)),
    meanExportW: mean(envelopes.flatMap(({ exportW }) => exportW)),
  };
}

type Observe = (kind: SampleKind, where: string, excess: number) => void;

/** Judges every step, wherever sites sit in their limits and keep to those of groups; `samples` is the least number over all steps. */
export function judge(
  network: Network,
  snapshot: Snapshot,
  { envelopes, groups = [] }: Pick<Study, 'envelopes' | 'groups'>,
  samples: number,
  seed: number,
  observe?: Observe,
): Judgement {
  const devices = new Map(snapshot.devices.map(device => [device.id, device]));
  const each = Math.ceil(samples / Math.max(1, snapshot.steps) / 2);
  const verifier = new Verifier(network, { seed, vertices: each, points: each, ...(observe ? { observe } : {}) });
  const reports: BoxReport[] = [];
  for (let step = 0; step < snapshot.steps; step++) {
    const boxes = envelopes.map(({ device, exportW, importW }) => {
      const found = devices.get(device);
      if (!found)
        throw new Problem('NO_SUCH', {
          at: `site ${device}`,
          note: 'the network has no such site under these settings',
        });
      const { bus = '', phases, terminals = phases } = found;
      return { site: device, bus, phases: terminals, importW: importW[step] ?? 0, exportW: exportW[step] ?? 0 };
    });
    const sums = groups.map(({ devices: sites, exportW, importW }) => ({
      sites,
      importW: importW[step] ?? 0,
      exportW: exportW[step] ?? 0,
    }));
    reports.push(verifier.verify(drawsInStep(snapshot.passive ?? [], step), boxes, step, sums));
  }
  const byKind = Object.fromEntries(
    sampleKinds.map(kind => [
      kind,
      {
        samples: total(reports.map(report => report.byKind[kind].samples)),
        broken: total(reports.map(report => report.byKind[kind].broken)),
      },
    ]),
  ) as Judgement['byKind'];
  const worst = new Map<string, Breach & { step: number }>();
  reports.forEach(({ breaches }, step) => {
    for (const breach of breaches) {
      const known = worst.get(breach.text);
      const count = (known?.samples ?? 0) + breach.samples;
      worst.set(breach.text, {
        ...(known && known.excess >= breach.excess ? known : { ...breach, step }),
        samples: count,
      });
    }
  });
  const broken = total(reports.map(report => report.broken));
  return {
    passed: broken === 0,
    samples: total(reports.map(report => report.samples)),
    broken,
    byKind,
    breaches: [...worst.values()].sort((a, b) => b.excess - a.excess),
    atRest: reports.find(({ atRest }) => atRest.length > 0)?.atRest ?? [],
    probabilityBelow: upperBound(
      byKind.vertex.broken + byKind.point.broken,
      byKind.vertex.samples + byKind.point.samples,
    ),
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
