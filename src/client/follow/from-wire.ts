/** DERProgram, DefaultDERControl and DERControl as served, in the terms of event following. */
import { type DefaultDERControl, type DERControl, type DERControlBase, type DERProgram } from '../../model/der';
import { type ControlEvent, type FollowedProgram } from './event';

/** Longest shift of a start or a duration (OneHourRangeType), s. */
const hourS = 3600;
const oneHour = (seconds: number | undefined): number => Math.max(-hourS, Math.min(hourS, seconds ?? 0));

/** The modes a DERControlBase names: what begins with `opMod`. `rampTms` says how to get there and is no mode. */
function modesIn(base: DERControlBase): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(base).filter(([name, value]) => name.startsWith('opMod') && value !== undefined),
  );
}

export function eventFrom(control: DERControl): ControlEvent {
  const { mRID, creationTime, interval, EventStatus, DERControlBase: base, replyTo, responseRequired } = control;
  return {
    mrid: mRID.toUpperCase(),
    creationTime,
    start: interval.start,
    durationS: interval.duration,
    randomizeStart: oneHour(control.randomizeStart),
    randomizeDuration: oneHour(control.randomizeDuration),
    status: EventStatus.currentStatus,
    statusAt: EventStatus.dateTime,
    modes: modesIn(base),
    ...(base.rampTms !== undefined && { rampTms: base.rampTms }),
    ...(replyTo !== undefined && { replyTo }),
    responseRequired: parseInt(responseRequired ?? '0', 16) || 0,
  };
}

/**
 * Whether a control is meant for a device of this category (DeviceCategoryType, a bit map). A control without a category is
 * for all, and a device that does not say what it is follows all.
 */
export function meantFor(control: DERControl, category: number | undefined): boolean {
  if (control.deviceCategory === undefined || category === undefined) return true;
  return (parseInt(control.deviceCategory, 16) & category) !== 0;
}

export function programFrom(
  program: DERProgram,
  standing: DefaultDERControl | undefined,
  controls: readonly DERControl[] | undefined,
  category?: number,
): FollowedProgram {
  const { DERControlBase: base, ...rest } = standing ?? {};
  const settings = Object.entries(rest).filter(([name, value]) => name.startsWith('set') && value !== undefined);
  return {
    key: program.mRID.toUpperCase(),
    primacy: program.primacy,
    ...(base && { defaults: modesIn(base), settings: Object.fromEntries(settings) }),
    ...(controls && { controls: controls.filter(control => meantFor(control, category)).map(eventFrom) }),
  };
}
