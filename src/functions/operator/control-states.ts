/** Controls as an operator sees them: what was issued, and what has become of it by now. */
import { type Pen } from '../../base/ids';
import { type DERControlBase } from '../../model/der';
import { findControl } from '../../services/envelopes';
import { isListed, statusAt, versionAt, type EventFacts } from '../../services/timeline';
import { type Store } from '../../store/api';
import { Problem } from '../../base/problem';
import { pastList, readIssued } from '../issued-controls';
import { factsOf, type IssuedControl, type StoredControl } from '../stored-control';
import { issuedAt, issuedFacts } from './controls';
import { pageAfter, type PageOf } from './pages';
import { programAt } from './program-at';
import { type OperatorDeps } from './sites';

export interface ControlState {
  readonly mRID: string;
  /** Id of its program. */
  readonly program: string;
  readonly description?: string;
  readonly creationTime: number;
  readonly start: number;
  readonly durationS: number;
  readonly randomizeStart?: number;
  readonly randomizeDuration?: number;
  readonly deviceCategory?: string;
  readonly base: DERControlBase;
  readonly responseRequired: string;
  /** EventStatus: 0 scheduled, 1 active, 2 and 3 cancelled, 4 superseded, 5 completed; and since when. */
  readonly status: number;
  readonly since: number;
  readonly version: number;
  readonly potentiallySuperseded: boolean;
  /** Whether clients of the 2018 edition still see it. */
  readonly listed: boolean;
}

export function controlState(
  program: string,
  { stored, facts }: Pick<IssuedControl, 'stored' | 'facts'>,
  now: number,
): ControlState {
  const { mRID, description, creationTime, interval, base, responseRequired } = stored;
  const { currentStatus, dateTime, potentiallySuperseded } = statusAt(facts, now, 2023);
  return {
    mRID,
    program,
    ...(description !== undefined && { description }),
    creationTime,
    start: interval.start,
    durationS: interval.duration,
    ...(stored.randomizeStart !== undefined && { randomizeStart: stored.randomizeStart }),
    ...(stored.randomizeDuration !== undefined && { randomizeDuration: stored.randomizeDuration }),
    ...(stored.deviceCategory !== undefined && { deviceCategory: stored.deviceCategory }),
    base,
    responseRequired,
    status: currentStatus,
    since: dateTime,
    version: versionAt(facts, now),
    potentiallySuperseded,
    listed: isListed(facts, now),
  };
}

/** Controls of a program that are not laid aside yet, in order of start. */
export async function controlsOf(deps: OperatorDeps, derp: string): Promise<ControlState[]> {
  await programAt(deps, derp);
  const now = deps.clock.now();
  return (await readIssued(deps.store, derp)).map(each => controlState(derp, each, now));
}

/** Those laid aside, in order of start. */
export async function pastControlsOf(deps: OperatorDeps, derp: string, page: PageOf) {
  await programAt(deps, derp);
  const now = deps.clock.now();
  const { items, next } = await pageAfter<StoredControl>(deps.store, pastList(derp), page);
  const controls = items.map(({ body }) => controlState(derp, { stored: body, facts: factsOf(body) }, now));
  return { controls, next };
}

/** What is known of the control an mRID names, whether an operator issued it or an engine published it. */
export interface KnownControl {
  readonly program: string;
  readonly facts: EventFacts;
  readonly responseRequired: string;
  /** Absent for an envelope. */
  readonly stored?: StoredControl;
}

/** @throws Problem NO_SUCH */
export async function knownControl(deps: OperatorDeps, mRID: string): Promise<KnownControl> {
  const envelope = await envelopeControl(deps.store, mRID.toUpperCase(), deps.pen);
  if (envelope) return { program: envelope.site, facts: envelope, responseRequired: '03' };
  const { derp, body: stored } = await issuedAt(deps.store, mRID);
  const facts = await issuedFacts(deps.store, derp, stored);
  return { program: derp, facts, responseRequired: stored.responseRequired, stored };
}

const envelopeControl = async (store: Store, mRID: string, pen: Pen) =>
  /^[0-9A-F]{32}$/.test(mRID) ? findControl(store.series, mRID, { pen }) : undefined;

export async function controlAt(deps: OperatorDeps, mRID: string): Promise<ControlState> {
  const { program, facts, stored } = await knownControl(deps, mRID);
  if (!stored)
    throw new Problem('NO_SUCH', {
      at: `control ${mRID}`,
      note: `it is an envelope of site ${program}; see its envelopes`,
    });
  return controlState(program, { stored, facts }, deps.clock.now());
}
