/** What a device is to follow now, by its programs, their controls and defaults (protocol facts 4.2). */
import { model } from '../../model';
import { href } from '../../model/href';
import { type DERControlBase } from '../../model/der';
import { type DialectId } from '../../model/dialect';
import { controlsOf as envelopeControls } from '../../services/envelopes';
import { governing, type RankedEvent } from '../../services/precedence';
import { setMaxW } from '../der-control';
import { firmDefault } from '../firm';
import { assignmentsOf } from '../groups';
import { readIssued } from '../issued-controls';
import { type Limits, limitsBase } from '../limits';
import { knownTo, modesOf } from '../modes';
import { type Store } from '../../store/api';
import { type StoredDefault, type StoredProgram } from '../provision';
import { type Site, siteOf } from '../site';
import { eventOf } from '../stored-control';
import { noSite, type OperatorDeps } from './sites';

export interface ModeInForce {
  readonly mode: string;
  readonly program: string;
  readonly primacy: number;
  /** The control; absent where the default of the program applies. */
  readonly mRID?: string;
  /** In wire form. */
  readonly value: unknown;
}

interface Ranked extends RankedEvent {
  readonly program: string;
  readonly base: DERControlBase;
}

/**
 * Modes in order of name, in the words its client knows. Randomisation, which each device draws for itself, is left out.
 *
 * @param usual dialect of clients of which nothing else is known
 */
export async function inForceAt(deps: OperatorDeps, edev: string, usual: DialectId): Promise<ModeInForce[]> {
  const { store, clock } = deps;
  const site = await siteOf(store, edev);
  if (!site) throw noSite(edev);
  const words = await wordsFor(store, site.body, usual);
  const derps = [...new Set((await assignmentsOf(store, edev)).flatMap(({ fsa }) => fsa.programs))];
  const now = clock.now();
  const docs = await store.many<StoredProgram>(derps.map(derp => href(model.der.program, { derp })));
  const programs = docs
    .sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1))
    .map(doc => ({ derp: doc.href.split('/')[2] ?? '', ...doc.body }));
  const events = (await Promise.all(programs.map(program => eventsOf(deps, program, words, now)))).flat();
  const modes = new Map<string, ModeInForce>();
  for (const { derp, primacy, envelopeOf } of programs) {
    const fallback = await store.get<StoredDefault>(href(model.der.defaultControl, { derp }));
    const firm =
      fallback && envelopeOf !== undefined
        ? await firmDefault(store, envelopeOf, fallback.body, () => now)
        : fallback?.body;
    const base = fallback ? { ...(fallback.body.base as DERControlBase | undefined), ...words.limits(firm ?? {}) } : {};
    for (const mode of words.modes(base))
      if (!modes.has(mode))
        modes.set(mode, { mode, program: derp, primacy, value: base[mode as keyof DERControlBase] });
  }
  for (const [mode, { program, primacy, mrid: mRID, base }] of governing(events, now))
    modes.set(mode, { mode, program, primacy, mRID, value: base[mode as keyof DERControlBase] });
  return [...modes.values()].sort((a, b) => (a.mode < b.mode ? -1 : 1));
}

interface Words {
  readonly limits: (limits: Limits) => DERControlBase;
  /** Modes the client can be told of. */
  readonly modes: (base: DERControlBase) => string[];
}

/** A device that somebody speaks for hears what that aggregator understands. */
async function wordsFor(store: Store, { dialect: own, edev, manager }: Site, usual: DialectId): Promise<Words> {
  const [speaker] = manager === undefined ? [] : await store.find('lfdi', manager);
  const dialect = (speaker ? (await siteOf(store, speaker.href.split('/')[2] ?? ''))?.body.dialect : own) ?? usual;
  const maxW = await setMaxW({ store }, edev);
  return {
    limits: limits => limitsBase(limits, dialect, maxW),
    modes: base => modesOf(base).filter(mode => knownTo(mode, dialect)),
  };
}

async function eventsOf(
  { store, pen }: OperatorDeps,
  { derp, primacy, envelopeOf }: StoredProgram & { readonly derp: string },
  words: Words,
  now: number,
): Promise<Ranked[]> {
  const ranked = { program: derp, primacy };
  if (envelopeOf === undefined)
    return (await readIssued(store, derp)).map(({ stored, facts }) => ({
      ...ranked,
      ...eventOf(stored),
      modes: words.modes(stored.base),
      facts,
      base: stored.base,
    }));
  return envelopeControls(await store.series.ofSite(envelopeOf, now), { pen }).map(control => {
    const base = words.limits(control);
    return { ...ranked, mrid: control.mrid, facts: control, modes: modesOf(base), base };
  });
}
