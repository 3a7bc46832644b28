/** Reads the DERPrograms of a device with all that hangs on them, in as few requests as the standard allows. */
import { type Seconds } from '../base/clock';
import {
  DefaultDERControl,
  DERControlList,
  DERCurveList,
  DERProgramList,
  type DERControl,
  type DERCurve,
  type DERProgram,
} from '../model/der';
import { type Failure } from './answer';
import { type Api } from './api';
import { defaultPollRateS } from './discovery';

export interface ProgramState {
  readonly program: DERProgram;
  /** Its DefaultDERControl, where it has one. */
  readonly standing?: DefaultDERControl;
  /** Absent when the list could not be read, empty where the program has none. */
  readonly controls?: readonly DERControl[];
  readonly curves: readonly DERCurve[];
}

export interface ProgramsRead {
  readonly ok: true;
  readonly programs: readonly ProgramState[];
  readonly pollRateS: Seconds;
  /** Nothing is different from `before`. */
  readonly unchanged: boolean;
  /** All lists of controls could be read. */
  readonly complete: boolean;
  /** What was missing or unreadable, for the log. */
  readonly faults: readonly Failure[];
}

export interface ReadProgramsOptions {
  readonly before?: readonly ProgramState[];
  /** Leave DefaultDERControls that are known as they are. */
  readonly keepDefaults?: boolean;
}

/**
 * One GET for each DERProgramList, one for each DERControlList, one for each DefaultDERControl; curves only when their program
 * or its controls changed. A server that cannot be reached or is busy ends it; a program that is broken does not stop others.
 */
export async function readPrograms(
  api: Api,
  lists: readonly string[],
  { before = [], keepDefaults = false }: ReadProgramsOptions = {},
): Promise<ProgramsRead | Failure> {
  const programs: ProgramState[] = [];
  const faults: Failure[] = [];
  let pollRateS = Infinity;
  let complete = true;
  const known = new Map(before.map(state => [keyOf(state.program), state]));
  for (const href of lists) {
    const list = await api.list(DERProgramList, href);
    if (!list.ok) return list;
    pollRateS = Math.min(pollRateS, list.pollRate ?? defaultPollRateS);
    for (const program of list.items) {
      if (programs.some(each => keyOf(each.program) === keyOf(program))) continue; // by two assignments: once
      const state = await readProgram(api, program, known.get(keyOf(program)), keepDefaults, faults);
      const last = faults.at(-1);
      if (last && (last.reason === 'unreachable' || last.reason === 'busy')) return last;
      if (program.DERControlListLink && !state.controls) complete = false;
      programs.push(state);
    }
  }
  const unchanged =
    programs.length === before.length && programs.every(state => sameState(state, known.get(keyOf(state.program))));
  return {
    ok: true,
    programs,
    pollRateS: pollRateS === Infinity ? defaultPollRateS : pollRateS,
    unchanged,
    complete,
    faults,
  };
}

const keyOf = (program: DERProgram): string => program.mRID.toUpperCase();

const sameState = (a: ProgramState, b: ProgramState | undefined): boolean =>
  b !== undefined && a.program === b.program && a.standing === b.standing && a.controls === b.controls;

async function readProgram(
  api: Api,
  program: DERProgram,
  before: ProgramState | undefined,
  keepDefaults: boolean,
  faults: Failure[],
): Promise<ProgramState> {
  const { DERControlListLink, DefaultDERControlLink, DERCurveListLink } = program;
  const stop = () => ['unreachable', 'busy'].includes(faults.at(-1)?.reason ?? '');
  let controls: readonly DERControl[] | undefined;
  if (!DERControlListLink) controls = before?.controls ?? [];
  else {
    const list = await api.list(DERControlList, DERControlListLink.href);
    if (list.ok) controls = list.items;
    else faults.push(list);
  }
  let standing = before?.standing;
  if (!DefaultDERControlLink) standing = undefined;
  else if (!stop() && !(keepDefaults && standing)) {
    const answer = await api.get(DefaultDERControl, DefaultDERControlLink.href);
    if (answer.ok) standing = answer.value;
    else {
      if (answer.reason === 'missing') standing = undefined;
      faults.push(answer);
    }
  }
  let curves = DERCurveListLink && before ? before.curves : [];
  const moved = before?.program !== program || before.controls !== controls || before.standing !== standing;
  if (!stop() && DERCurveListLink && DERCurveListLink.all !== 0 && moved) {
    const list = await api.list(DERCurveList, DERCurveListLink.href, DERCurveListLink.all);
    if (list.ok) curves = list.items;
    else faults.push(list);
  }
  return { program, ...(standing && { standing }), ...(controls && { controls }), curves };
}
