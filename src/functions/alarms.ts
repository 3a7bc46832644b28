/**
 * Alarms of a device, worked out of what it says: a bit of DERStatus.alarmStatus that comes or goes, and LogEvents of the DER
 * function set, whose even codes raise what the next odd code clears (protocol facts 3.7, 3.10). Both may tell of one alarm;
 * the word with the latest time counts.
 */
import { type Seconds } from '../base/clock';
import { type DERStatus } from '../model/der';
import { type Href } from '../model/href';
import { type LogEvent } from '../model/log';
import { type Doc, type NewDoc, type Version } from '../store/api';
import { type Context } from './behaviour';
import { remember } from './past';

/** In order of the bits of alarmStatus, which is the order of the codes of LogEvents in pairs. */
export const alarmKinds = [
  'overCurrent',
  'overVoltage',
  'underVoltage',
  'overFrequency',
  'underFrequency',
  'voltageImbalance',
  'currentImbalance',
  'emergencyLocal',
  'emergencyRemote',
  'lowInputPower',
  'phaseRotation',
] as const;
export type AlarmKind = (typeof alarmKinds)[number];
type Source = 'DERStatus' | 'LogEvent';

export interface Alarm {
  /** Id (`:edev`) of the device. */
  readonly edev: string;
  readonly kind: AlarmKind;
  readonly raisedAt?: Seconds;
  readonly raisedBy?: Source;
  /** Of the latest end; before `raisedAt` while the alarm stands. */
  readonly clearedAt?: Seconds;
  readonly clearedBy?: Source;
}

/** One word of a device on one alarm. */
export interface Word {
  readonly kind: AlarmKind;
  readonly raised: boolean;
  readonly at: Seconds;
  readonly by: Source;
}

/** Alarms that stand, of all devices, the oldest first. */
export const standingAlarms: Href = '~alarms';
export const pastAlarms = (edev: string): Href => `/edev/${edev}/alarm`;
export const alarmHref = (edev: string, kind: AlarmKind): Href => `~alarm/edev/${edev}/${kind}`;

/** What a DERStatus says that the one before it did not. One without alarmStatus says nothing. */
export function wordsOfStatus(old: DERStatus, { alarmStatus, readingTime }: DERStatus): Word[] {
  if (alarmStatus === undefined || alarmStatus === old.alarmStatus) return [];
  const bits = parseInt(alarmStatus, 16) || 0;
  const before = old.alarmStatus === undefined ? undefined : parseInt(old.alarmStatus, 16) || 0;
  return alarmKinds.flatMap((kind, i): Word[] => {
    const raised = ((bits >>> i) & 1) === 1;
    const known = before !== undefined && ((before >>> i) & 1) === (raised ? 1 : 0);
    return known ? [] : [{ kind, raised, at: readingTime, by: 'DERStatus' }];
  });
}

const derFunctionSet = 11;

export function wordsOfLog({ functionSet, logEventCode, createdDateTime }: LogEvent): Word[] {
  const kind = alarmKinds[logEventCode >> 1];
  if (functionSet !== derFunctionSet || kind === undefined) return [];
  return [{ kind, raised: logEventCode % 2 === 0, at: createdDateTime, by: 'LogEvent' }];
}

/** An alarm after a word; the same one where the word is older than what is known, or says nothing new. */
export function afterWord(alarm: Alarm, { raised, at, by }: Word): Alarm {
  const { raisedAt = -Infinity, clearedAt = -Infinity } = alarm;
  const standing = stands(alarm);
  if (raised) return standing || at <= clearedAt ? alarm : { ...alarm, raisedAt: at, raisedBy: by };
  if (standing ? at < raisedAt : at <= clearedAt) return alarm;
  return { ...alarm, clearedAt: at, clearedBy: by };
}

export const stands = ({ raisedAt = -Infinity, clearedAt = -Infinity }: Alarm): boolean => raisedAt > clearedAt;

/** What a plan adds for the words of one document. */
export async function alarmPlan(
  ctx: Pick<Context, 'store' | 'house' | 'now'>,
  edev: string,
  words: readonly Word[],
): Promise<{ expect: Record<Href, Version>; put: NewDoc[]; drop: Href[] }> {
  const expect: Record<Href, Version> = {};
  const put: NewDoc[] = [];
  const ended: Pick<Doc, 'changed' | 'body'>[] = [];
  for (const word of words) {
    const at = alarmHref(edev, word.kind);
    const old = await ctx.store.get<Alarm>(at);
    // A status that tells of no alarm is not worth a record; an end in the log may be there before its beginning.
    if (!old && !word.raised && word.by === 'DERStatus') continue;
    const before = old?.body ?? { edev, kind: word.kind };
    const after = afterWord(before, word);
    if (after === before) continue;
    expect[at] = old?.version ?? 0;
    put.push(alarmDoc(at, after, ctx.now));
    if (stands(before) && !stands(after)) ended.push({ changed: before.raisedAt ?? 0, body: after });
  }
  const past = ended.length > 0 ? await remember(ctx, pastAlarms(edev), ended) : nothing;
  return { expect: { ...expect, ...past.expect }, put: [...put, ...past.put], drop: past.drop };
}

const nothing = { expect: {}, put: [], drop: [] };

function alarmDoc(at: Href, alarm: Alarm, now: Seconds): NewDoc {
  return {
    href: at,
    list: stands(alarm) ? standingAlarms : '',
    kind: '~alarm',
    changed: now,
    sortKey: String(alarm.raisedAt ?? 0).padStart(12, '0'),
    body: alarm,
  };
}
