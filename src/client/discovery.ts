/**
 * From DeviceCapability to everything a device needs, by links alone (protocol facts 3.2-3.5): Time, its own EndDevice, the
 * Registration with its PIN, the function sets assigned to it, its DER and the place for its readings.
 */
import { type Clock, type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { DeviceCapability } from '../model/dcap';
import { DERList, type DER } from '../model/der';
import { EndDevice, EndDeviceList, Registration } from '../model/edev';
import { FunctionSetAssignmentsList } from '../model/fsa';
import { Time } from '../model/time';
import { type Lfdi, sameLfdi, sfdiOf } from '../tls';
import { type Failure, problemOf } from './answer';
import { type Api } from './api';
import { type ServerTime } from './server-time';

/** Something worth reading again, and how often; s. */
export interface Place {
  readonly href: string;
  readonly pollRateS: Seconds;
}

export interface Discovery {
  readonly dcap: Place;
  readonly time: Place;
  readonly devices: Place;
  readonly device: EndDevice;
  readonly registration?: Place;
  readonly assignments?: Place;
  /** DERProgramLists of all assignments, each once. */
  readonly programLists: readonly string[];
  readonly ders?: Place & { readonly list: readonly DER[] };
  /** The MirrorUsagePointList. */
  readonly mirrors?: string;
}

export interface DiscoverOptions {
  readonly clock: Clock;
  /** Where DeviceCapability is: the one address a client is told. `/dcap` unless given. */
  readonly dcap?: string;
  readonly lfdi: Lfdi;
  /** PIN of the device, six digits; not checked where absent. */
  readonly pin?: number;
  /** Learns from the server's Time. */
  readonly time: ServerTime;
  /** Register ourselves where there is no EndDevice of ours and the server lets us (CSIP in-band registration). */
  readonly register?: boolean;
}

export type DiscoverResult =
  | { readonly ok: true; readonly found: Discovery }
  | {
      readonly ok: false;
      readonly problem: Problem;
      /** Trying again would be wrong: this server must not be used. */
      readonly final: boolean;
      readonly retryAfterS?: Seconds;
    };

/** pollRate where the server gives none (2030.5 default). */
export const defaultPollRateS = 900;

export async function discover(api: Api, options: DiscoverOptions): Promise<DiscoverResult> {
  try {
    const found = await walk(api, options);
    api.moved = false;
    return { ok: true, found };
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const { retryAfterS } = thrown.detail;
    return {
      ok: false,
      problem: thrown,
      final: thrown.code === 'WRONG_PIN',
      ...(retryAfterS !== undefined && { retryAfterS }),
    };
  }
}

async function walk(api: Api, options: DiscoverOptions): Promise<Discovery> {
  const { dcap: entry = '/dcap', lfdi, pin } = options;
  const dcap = sure(await api.get(DeviceCapability, entry));
  const { TimeLink, EndDeviceListLink, MirrorUsagePointListLink } = dcap.value;
  if (!EndDeviceListLink)
    throw new Problem('BAD_SERVER', { at: entry, note: 'DeviceCapability has no EndDeviceListLink' });

  let devices = sure(await api.list(EndDeviceList, EndDeviceListLink.href));
  let device = devices.items.find(each => isOurs(each, lfdi));
  if (!device && options.register) {
    await register(api, EndDeviceListLink.href, options);
    devices = sure(await api.list(EndDeviceList, EndDeviceListLink.href));
    device = devices.items.find(each => isOurs(each, lfdi));
  }
  if (!device)
    throw new Problem('NOT_REGISTERED', {
      at: EndDeviceListLink.href,
      want: lfdi,
      note: `${devices.items.length} other entries`,
    });
  if (device.enabled === false)
    throw new Problem('NOT_REGISTERED', {
      at: device.href ?? EndDeviceListLink.href,
      note: 'our entry is not enabled',
    });

  const { RegistrationLink, FunctionSetAssignmentsListLink, DERListLink } = device;
  const registration = RegistrationLink && optional(await api.get(Registration, RegistrationLink.href));
  if (registration && pin !== undefined && registration.value.pIN !== pin)
    throw new Problem('WRONG_PIN', { at: registration.href });

  const fsas =
    FunctionSetAssignmentsListLink &&
    sure(await api.list(FunctionSetAssignmentsList, FunctionSetAssignmentsListLink.href));
  const programLists = new Set((fsas?.items ?? []).flatMap(fsa => fsa.DERProgramListLink?.href ?? []));

  // Events mean nothing without the clock they are told in: an FSA may name one of its own (protocol facts 3.3).
  const timeHref = fsas?.items.find(fsa => fsa.TimeLink)?.TimeLink?.href ?? TimeLink?.href;
  if (timeHref === undefined)
    throw new Problem('BAD_SERVER', { at: entry, note: 'neither DeviceCapability nor an assignment has a TimeLink' });
  const time = sure(await readTime(api, timeHref, options.clock, options.time));

  const ders = DERListLink && optional(await api.list(DERList, DERListLink.href));
  return {
    dcap: { href: entry, pollRateS: dcap.value.pollRate ?? defaultPollRateS },
    time: { href: timeHref, pollRateS: time.pollRateS },
    devices: { href: EndDeviceListLink.href, pollRateS: devices.pollRate ?? defaultPollRateS },
    device,
    ...(registration && {
      registration: { href: RegistrationLink.href, pollRateS: registration.value.pollRate ?? defaultPollRateS },
    }),
    ...(fsas && {
      assignments: { href: FunctionSetAssignmentsListLink.href, pollRateS: fsas.pollRate ?? defaultPollRateS },
    }),
    programLists: [...programLists],
    ...(ders && { ders: { href: DERListLink.href, pollRateS: ders.pollRate ?? defaultPollRateS, list: ders.items } }),
    ...(MirrorUsagePointListLink && { mirrors: MirrorUsagePointListLink.href }),
  };
}

/** Reads Time and sets `time` by it. Answers with its poll rate and whether our idea of the server's clock changed. */
export async function readTime(
  api: Api,
  href: string,
  clock: Clock,
  time: ServerTime,
): Promise<{ ok: true; pollRateS: Seconds; changed: boolean } | Failure> {
  const sent = clock.nowMs();
  const answer = await api.get(Time, href);
  if (!answer.ok) return answer;
  const changed = time.learn(answer.value.currentTime, sent, clock.nowMs());
  return { ok: true, pollRateS: answer.value.pollRate ?? defaultPollRateS, changed };
}

/** LFDIs are compared as numbers: some servers send lower case, some leave leading zeros out. */
function isOurs({ lFDI, sFDI }: EndDevice, lfdi: Lfdi): boolean {
  return lFDI === undefined ? sFDI === sfdiOf(lfdi) : sameLfdi(lFDI, lfdi);
}

async function register(api: Api, href: string, { lfdi, time }: DiscoverOptions): Promise<void> {
  const entry = { lFDI: lfdi, sFDI: sfdiOf(lfdi), changedTime: time.now() };
  sure(await api.post(EndDevice, href, entry));
}

function sure<A extends { ok: true }>(answer: A | Failure): A {
  if (!answer.ok) throw problemOf(answer);
  return answer;
}

/** What a link promised and the server does not have is left out; every other failure ends the walk. */
function optional<A extends { ok: true }>(answer: A | Failure): A | undefined {
  if (!answer.ok && answer.reason === 'missing') return undefined;
  return sure(answer);
}
