/** Whether what a client knows and does is what the server holds of it. */
import { type Seconds } from '../../../base/clock';
import { watts } from '../../../base/units';
import { type Client } from '../../../client';
import { type DERControlBase } from '../../../model/der';
import { type DialectId } from '../../../model/dialect';
import { knownTo, modesOf } from '../../../functions/modes';
import { type StoredDefault } from '../../../functions/provision';
import { type Control, governs, listedFor, modesFor, type Program, type Span, type Truth, wordsOf } from './truth';

export interface Checked {
  readonly name: string;
  readonly dialect: DialectId;
  /** What its percentages refer to, W. */
  readonly maxW: number;
  readonly client: Client;
  /** When it had which program, ended ones too. */
  readonly spans: ReadonlyMap<string, readonly Span[]>;
}

export interface Compared {
  programs: number;
  controls: number;
  modes: number;
  /** Of those: modes that an event governs. */
  byEvent: number;
}

/** Differences, one line each. */
export async function differences(
  site: Checked,
  truth: Truth,
  assigned: readonly string[],
  counts: Compared,
): Promise<string[]> {
  const { now } = truth;
  const out: string[] = [];
  const say = (text: string) => void out.push(`${site.name} (${site.dialect}): ${text}`);
  const programs = (await Promise.all(assigned.map(derp => truth.program(derp)))).filter(each => each !== undefined);
  lists(site, programs, now, counts, say);
  const spans = await Promise.all(
    [...site.spans].map(async ([derp, spans]) => ({ program: await truth.program(derp), spans })),
  );
  const there = spans.flatMap(({ program, spans }) => (program ? [{ program, spans }] : []));
  force(site, programs, governs(there, site.dialect, now), now, counts, say);
  return out;
}

function lists(
  { client, dialect }: Checked,
  programs: readonly Program[],
  now: Seconds,
  counts: Compared,
  say: (text: string) => void,
): void {
  const heard = new Map(client.programs().map(state => [state.program.mRID, state]));
  for (const mRID of heard.keys())
    if (!programs.some(program => program.mRID === mRID)) say(`has program ${mRID}, which it is not assigned`);
  for (const program of programs) {
    const state = heard.get(program.mRID);
    counts.programs++;
    if (!state) {
      say(`does not have program ${program.derp}`);
      continue;
    }
    if (state.program.primacy !== program.primacy)
      say(`takes program ${program.derp} for primacy ${state.program.primacy}`);
    const want = listedFor(program, dialect, now);
    const got = new Map((state.controls ?? []).map(control => [control.mRID, control]));
    for (const mRID of got.keys()) if (!want.has(mRID)) say(`still lists control ${mRID} of program ${program.derp}`);
    for (const [mRID, { control, status }] of want) {
      const have = got.get(mRID);
      counts.controls++;
      if (!have) say(`does not know control ${mRID} of program ${program.derp}, status ${status}`);
      else if (have.EventStatus.currentStatus !== status)
        say(`takes control ${mRID} for status ${have.EventStatus.currentStatus}, it is ${status}`);
      else if (have.interval.start !== control.start || have.interval.duration !== control.durationS)
        say(`takes control ${mRID} for ${JSON.stringify(have.interval)}`);
      else if (modesOf(have.DERControlBase).sort().join() !== modesFor(control, dialect).sort().join())
        say(`takes control ${mRID} for one of ${modesOf(have.DERControlBase).join()}`);
    }
  }
}

type Want = { readonly from: string; readonly value: unknown; readonly limitW?: number };

function force(
  { client, dialect, maxW }: Checked,
  programs: readonly Program[],
  governing: ReadonlyMap<string, Control>,
  now: Seconds,
  counts: Compared,
  say: (text: string) => void,
): void {
  const limits = client.limits(now); // lets its events come up to now
  const want = new Map<string, Want>();
  for (const { fallback } of [...programs].sort((a, b) => a.primacy - b.primacy))
    if (fallback) for (const [mode, found] of defaultsOf(fallback, dialect)) if (!want.has(mode)) want.set(mode, found);
  for (const [mode, control] of governing) want.set(mode, eventValue(control, mode, dialect));
  const { modes } = client.inForce();
  for (const mode of Object.keys(modes)) if (!want.has(mode)) say(`follows ${mode}, which nothing orders`);
  for (const [mode, wanted] of want) {
    counts.modes++;
    if (wanted.from !== '') counts.byEvent++;
    const have = modes[mode];
    const from = have?.event?.mrid ?? '';
    if (!have) say(`does not follow ${mode}, ${wanted.from || 'the default'}`);
    else if (from !== wanted.from)
      say(`follows ${mode} of ${from || 'the default'}, not of ${wanted.from || 'the default'}`);
    else if (!same(have.value, wanted, mode, maxW))
      say(`takes ${mode} for ${JSON.stringify(have.value)}, it is ${JSON.stringify(wanted)}`);
  }
  const { importW, exportW, connected } = expectedLimits(want, maxW);
  if (limits.connected !== connected) say(`is ${limits.connected ? '' : 'not '}connected`);
  if (!near(limits.importW, importW)) say(`holds import to ${limits.importW}, not ${importW}`);
  if (connected && !near(limits.exportW, exportW, maxW / 10_000))
    say(`holds export to ${limits.exportW}, not ${exportW}`);
}

function defaultsOf({ importW, exportW, base = {} }: StoredDefault, dialect: DialectId): Map<string, Want> {
  const found = new Map<string, Want>();
  for (const mode of modesOf(base))
    if (knownTo(mode, dialect)) found.set(mode, { from: '', value: (base as Record<string, unknown>)[mode] });
  const names = wordsOf(dialect);
  if (importW !== undefined && names.import !== undefined)
    found.set(names.import, { from: '', value: undefined, limitW: importW });
  if (exportW !== undefined) found.set(names.export, { from: '', value: undefined, limitW: exportW });
  return found;
}

function eventValue({ mRID: from, envelope, base }: Control, mode: string, dialect: DialectId): Want {
  if (!envelope) return { from, value: base?.[mode as keyof DERControlBase] };
  return { from, value: undefined, limitW: mode === wordsOf(dialect).import ? envelope.importW : envelope.exportW };
}

const isShare = (mode: string) => mode === 'opModMaxLimW';
const inWatts = (value: unknown, mode: string, maxW: number): number =>
  isShare(mode) ? (Number(value) / 10_000) * maxW : watts(value as { multiplier: number; value: number });

/** Limits are told rounded down to what their words can say; everything else is told as it was issued. */
function same(value: unknown, { value: wanted, limitW }: Want, mode: string, maxW: number): boolean {
  if (limitW === undefined) return JSON.stringify(value) === JSON.stringify(wanted);
  const told = inWatts(value, mode, maxW);
  const grain = isShare(mode) ? maxW / 10_000 : Math.max(1, limitW / 3000);
  const bound = isShare(mode) ? Math.min(limitW, maxW) : limitW;
  return told <= bound + 1e-6 && told > bound - grain - 1e-6;
}

function expectedLimits(want: ReadonlyMap<string, Want>, maxW: number) {
  const power = (...modes: string[]) =>
    Math.min(
      ...modes.map(mode => {
        const found = want.get(mode);
        if (!found) return Infinity;
        return found.limitW ?? inWatts(found.value, mode, maxW);
      }),
    );
  const is = (mode: string) => want.get(mode)?.value !== false;
  return {
    importW: power('opModImpLimW', 'opModMaxLimWAbsorb'),
    exportW: power('opModExpLimW', 'opModMaxLimW', 'opModMaxLimWInject'),
    connected: is('opModConnect') && is('opModEnergize'),
  };
}

function near(have: number | undefined, want: number, grain = 0): boolean {
  if (have === undefined || want === Infinity) return have === undefined && want === Infinity;
  return have <= want + 1e-6 && have > want - Math.max(1, want / 3000, grain) - 1e-6;
}
