/** Makes reports of envelopes: of an engine on a feeder file, or of what a server published. */
import { resolve } from 'node:path';
import { offsetS } from '../../base/local-time';
import { envelopesOf, type Envelope } from '../../engines/api';
import { worstHour } from '../../engines/worst-hour';
import { type Stretch } from '../../services/explain/intervals';
import { type Io } from '../command';
import { type OfflineOptions, optionsOf, settingsOf } from '../envelope-offline';
import { groupWords } from '../envelope-figures';
import { judge, type Judgement, runEngine, studyNetwork, studySnapshot } from '../envelope-study';
import { numberOption } from '../number-option';
import { type OperatorApi } from '../operator-api';
import { type ReportCheck } from './data';
import { serverSites, studySites, studySums } from './intervals';
import { envelopeReport } from './page';

export async function reportOffline(given: OfflineOptions & { network: string }, io: Io): Promise<string> {
  const settings = settingsOf(given, io);
  const samples = numberOption('--samples', given.samples, 0, 10_000_000);
  const network = studyNetwork(settings.network, settings);
  const snapshot = studySnapshot(network, settings);
  const engine = /[/\\]/.test(given.engine) ? resolve(io.cwd, given.engine) : given.engine;
  const run = await runEngine(snapshot, engine, optionsOf(given.engineOptions), io.cwd, io.stop);
  const plan = envelopesOf(await worstHour(undefined).compute(snapshot, io.stop));
  const found = judge(network, snapshot, run, samples, settings.seed);
  if (!found.passed) io.exitCode = 1;
  const planned = judge(network, snapshot, { envelopes: plan }, samples, settings.seed);
  return envelopeReport({
    title: `Envelopes by ${given.engine}`,
    about: [network.name, `${snapshot.devices.length} sites`, `seed ${settings.seed}`],
    from: snapshot.start,
    to: snapshot.start + snapshot.steps * snapshot.stepS,
    sites: studySites(snapshot, given.engine, run.envelopes, firstOf(plan)),
    together: studySums(snapshot, given.engine, run.groups),
    checks: [verified(found), ...run.notices.map(text => ({ passed: false, text }))],
    notes: [
      `Verified by power flow apart from the engine: ${found.samples} samples of corners, adversarial and random points; a random point breaks a limit with a probability below ${(100 * found.probabilityBelow).toPrecision(2)} % (95 %).`,
      `The plan for the worst hour, held against the same samples, breaks a limit in ${planned.broken} of ${planned.samples}.`,
      ...run.groups.map(group => groupWords(group, run.envelopes)),
      'Time counts from the first midnight of the load shapes.',
    ],
  });
}

const verified = ({ breaches: [worst], broken, samples }: Judgement): ReportCheck => ({
  passed: broken === 0,
  text:
    broken === 0
      ? `No limit broken in ${samples} samples`
      : `${broken} of ${samples} samples break a limit, ${worst?.text ?? ''} most`,
});

const firstOf = (envelopes: readonly Envelope[]) =>
  new Map(
    envelopes.map(({ bound, device, exportW, importW }) => [
      device,
      { importW: importW[0] ?? 0, exportW: exportW[0] ?? 0, bound: bound[0] ?? { import: '', export: '' } },
    ]),
  );

interface Run {
  readonly at: number;
  readonly outcome: string;
}

export async function reportOfServer(api: OperatorApi, time: Partial<Stretch>): Promise<string> {
  const { from, sites, to, together } = await serverSites(api, time);
  const [{ runs }, { shortfalls }, zone, plan] = await Promise.all([
    api.get<{ runs: Run[] }>('/api/envelopes/runs'),
    api.get<{ shortfalls: { text: string }[] }>('/api/firm-shortfalls'),
    api.get<{ timeZone: string }>('/api/time'),
    planWords(api),
  ]);
  const engines = [...new Set(sites.flatMap(({ intervals }) => intervals.map(({ engine }) => engine)))].filter(Boolean);
  return envelopeReport({
    title: 'Operating envelopes',
    about: [`${sites.length} sites`, engines.length > 0 ? `by ${engines.join(', ')}` : 'nothing published'],
    from,
    to,
    utcOffsetS: offsetS(zone.timeZone, from),
    sites,
    together,
    checks: [refused(sites), ...shortfalls.map(({ text }) => ({ passed: false, text }))],
    notes: [
      `Runs of this process so far: ${runs.length}, of which ${runs.filter(({ outcome }) => outcome === 'fallback').length} gave nothing that could be used.`,
      ...plan,
      'What is published went through the safety net, and where the server has a network through the power flow of the verifier, before it was published.',
    ],
  });
}

/** Whether the baseline is safe itself, in a sentence, where the server can tell. */
export async function planWords(api: Pick<OperatorApi, 'get'>): Promise<string[]> {
  const { judged } = await api.get<{ judged?: { steps: number; unsafe: number; notLookedAt: number; why?: string } }>(
    '/api/envelopes/plan',
  );
  if (!judged || judged.notLookedAt === judged.steps) return [];
  const looked = judged.steps - judged.notLookedAt;
  return [
    judged.unsafe === 0
      ? `The plan for the worst hour is safe itself in all ${looked} steps that the verifier looked at`
      : `The plan for the worst hour would break limits in ${judged.unsafe} of ${looked} steps (${judged.why ?? ''})`,
  ];
}

function refused(sites: Awaited<ReturnType<typeof serverSites>>['sites']): ReportCheck {
  let seconds = 0;
  for (const { intervals } of sites)
    for (const { bound, from, to } of intervals)
      if ([bound.import, bound.export].some(by => by.startsWith('firm, verification'))) seconds += to - from;
  return seconds === 0
    ? { passed: true, text: 'No limit had to give way to the verifier' }
    : { passed: true, text: `The verifier kept ${(seconds / 3600).toFixed(1)} site-hours on firm` };
}
