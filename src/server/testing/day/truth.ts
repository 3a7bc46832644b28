/**
 * What each site should know and do, from what the server has stored: its programs, their controls and states, defaults, and
 * what is in force. Worked out anew here, second by second of the facts, and not by the code that serves them.
 */
import { type Seconds } from '../../../base/clock';
import { type DERControlBase } from '../../../model/der';
import { type DialectId, dialects } from '../../../model/dialect';
import { model } from '../../../model';
import { href } from '../../../model/href';
import { assignmentsOf, groupsOf } from '../../../functions/groups';
import { pastList, readIssued, wholeListOf } from '../../../functions/issued-controls';
import { knownTo, modesOf } from '../../../functions/modes';
import { type StoredDefault, type StoredProgram } from '../../../functions/provision';
import { factsOf, type StoredControl } from '../../../functions/stored-control';
import { controlsOf, type EnvelopeControl } from '../../../services/envelopes/controls';
import { visibleControls } from '../../../services/envelopes/window';
import { governing, type RankedEvent } from '../../../services/precedence';
import { type Edition, type EventFacts, isListed, scheduledEnd, statusAt, stopOf } from '../../../services/timeline';
import { type Store } from '../../../store/api';

/** When a site had a program; `to` is infinite while it has it. */
export interface Span {
  readonly from: Seconds;
  to: Seconds;
}

export interface Control {
  readonly mRID: string;
  readonly start: Seconds;
  readonly durationS: Seconds;
  readonly modes: readonly string[];
  readonly facts: EventFacts;
  readonly base?: DERControlBase;
  /** Of an envelope. */
  readonly envelope?: EnvelopeControl;
}

export interface Program {
  readonly derp: string;
  readonly mRID: string;
  readonly primacy: number;
  readonly fallback: StoredDefault | undefined;
  /** All there ever were, as far as the store knows. */
  readonly controls: readonly Control[];
}

const words = { '2018': ['opModMaxLimW'], aus: ['opModImpLimW', 'opModExpLimW'] } as const;
const newWords = ['opModMaxLimWAbsorb', 'opModMaxLimWInject'] as const;

/** The modes in which a client of this dialect is told of an import and of an export limit. */
export function wordsOf(dialect: DialectId): { readonly import?: string; readonly export: string } {
  const { layers } = dialects[dialect];
  if (layers['csipaus-1.2'] !== undefined) return { import: words.aus[0], export: words.aus[1] };
  if (layers['2023'] !== undefined) return { import: newWords[0], export: newWords[1] };
  return { export: words['2018'][0] };
}

export const editionOf = (dialect: DialectId): Edition =>
  dialects[dialect].layers['2023'] === undefined ? 2018 : 2023;

export class Truth {
  private readonly programs = new Map<string, Promise<Program | undefined>>();
  private readonly groupAt;

  constructor(
    private readonly store: Store,
    readonly now: Seconds,
    private readonly pen: number,
  ) {
    this.groupAt = groupsOf(store);
  }

  async assigned(edev: string): Promise<string[]> {
    return [...new Set((await assignmentsOf(this.store, edev, this.groupAt)).flatMap(({ fsa }) => fsa.programs))];
  }

  program(derp: string): Promise<Program | undefined> {
    const known = this.programs.get(derp) ?? this.read(derp);
    this.programs.set(derp, known);
    return known;
  }

  private async read(derp: string): Promise<Program | undefined> {
    const { store } = this;
    const stored = (await store.get<StoredProgram>(href(model.der.program, { derp })))?.body;
    if (!stored) return undefined;
    const fallback = (await store.get<StoredDefault>(href(model.der.defaultControl, { derp })))?.body;
    const controls =
      stored.envelopeOf === undefined ? await this.issued(derp) : await this.envelopes(stored.envelopeOf);
    return { derp, mRID: stored.mRID, primacy: stored.primacy, fallback, controls };
  }

  private async issued(derp: string): Promise<Control[]> {
    const standing = await readIssued(this.store, derp);
    const past = (await wholeListOf<StoredControl>(this.store, pastList(derp))).map(({ body }) => ({
      stored: body,
      facts: factsOf(body),
    }));
    return [...past, ...standing].map(({ stored, facts }) => ({
      mRID: stored.mRID,
      start: stored.interval.start,
      durationS: stored.interval.duration,
      modes: modesOf(stored.base),
      facts,
      base: stored.base,
    }));
  }

  private async envelopes(site: string): Promise<Control[]> {
    const { store, now, pen } = this;
    const all = controlsOf(await store.series.ofSite(site, now), { pen });
    const shown = new Set(visibleControls(all, now));
    return all
      .filter(control => shown.has(control) || control.start <= now)
      .map(control => ({
        mRID: control.mrid,
        start: control.start,
        durationS: control.durationS,
        modes: [],
        facts: control,
        envelope: control,
        shown: shown.has(control),
      }));
  }
}

/** What of a control a client of this dialect can know. */
export function modesFor(control: Control, dialect: DialectId): string[] {
  if (control.envelope) return Object.values(wordsOf(dialect));
  return control.modes.filter(mode => knownTo(mode, dialect));
}

/** The controls that stand in the list of a client at this moment, with their status. */
export function listedFor(
  program: Program,
  dialect: DialectId,
  now: Seconds,
): Map<string, { control: Control; status: number }> {
  const edition = editionOf(dialect);
  const found = new Map<string, { control: Control; status: number }>();
  for (const control of program.controls) {
    if (control.envelope && !(control as { shown?: boolean }).shown) continue;
    if (!control.envelope && !isListed(control.facts, now, edition)) continue;
    if (modesFor(control, dialect).length === 0) continue;
    found.set(control.mRID, { control, status: statusAt(control.facts, now, edition).currentStatus });
  }
  return found;
}

interface Claim extends RankedEvent {
  readonly control: Control;
}

/** Mode → the control that governs it, of a site that had its programs during these spans. */
export function governs(
  programs: readonly { readonly program: Program; readonly spans: readonly Span[] }[],
  dialect: DialectId,
  now: Seconds,
): Map<string, Control> {
  const claims: Claim[] = [];
  for (const { program, spans } of programs)
    for (const control of program.controls) {
      const modes = modesFor(control, dialect);
      if (modes.length === 0) continue;
      const { facts } = control;
      for (const span of spans) {
        const start = Math.max(facts.start, facts.createdAt, span.from);
        const end = Math.min(scheduledEnd(facts), stopOf(facts)?.at ?? Infinity, span.to);
        if (end <= start) continue;
        const { createdAt } = facts;
        claims.push({
          control,
          mrid: control.mRID,
          primacy: program.primacy,
          modes,
          facts: { start, durationS: end - start, createdAt },
        });
      }
    }
  return new Map([...governing(claims, now)].map(([mode, { control }]) => [mode, control]));
}
