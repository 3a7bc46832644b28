import { Problem } from '../base/problem';
import { isTimeZone } from '../base/local-time';
import { type House, type TimeOffsets } from '../functions/behaviour';
import { allResources } from '../model';
import { flowPolicyNamed } from '../services/flow-policies';
import { guardOf, type Guard } from '../protocol/push-guard';
import { checkPollRates, type Config } from './config';

/** Programs are polled more often than the 900 s of the standard: controls hang below them, and carry no rate of their own. */
const programPollS = 300;
const ourRates: Readonly<Record<string, number>> = {
  'der.programs': programPollS,
  'fsa.programs': programPollS,
  'der.associatedPrograms': programPollS,
};

/** Names of the resources that carry a pollRate. */
const polled: ReadonlySet<string> = new Set(
  allResources.filter(({ poll }) => poll !== undefined).map(({ name }) => name),
);

/** @throws Problem for a name of no such resource: BAD_CONFIG at start-up, BAD_VALUE while running. */
function checkNames(rates: Readonly<Record<string, number>>, code: 'BAD_CONFIG' | 'BAD_VALUE'): void {
  for (const name of Object.keys(rates))
    if (!polled.has(name))
      throw new Problem(code, {
        at: `pollRates.${name}`,
        note: `no resource of that name has a poll rate; there are ${[...polled].sort().join(', ')}`,
      });
}

/** What of Time can be set while the server runs. */
export interface TimeSettings {
  readonly quality?: number;
  readonly timeZone?: string;
  /** In place of those of the time zone; undefined gives them back. */
  readonly offsets?: TimeOffsets | undefined;
}

const check = {
  pollRates: (rates: Readonly<Record<string, number>>): void => {
    checkPollRates(rates, 'BAD_VALUE', '');
    checkNames(rates, 'BAD_VALUE');
  },
  time: ({ timeZone }: TimeSettings): void => {
    if (timeZone !== undefined && !isTimeZone(timeZone))
      throw new Problem('BAD_VALUE', {
        at: 'timeZone',
        want: 'a time zone such as America/Los_Angeles',
        got: timeZone,
      });
  },
};

/** The part of the configuration that functions see, with rates and Time that can be set while the server runs. */
export function houseOf(
  config: Config,
  { self, changed = () => undefined }: { self?: House['self'] | undefined; changed?: () => void } = {},
): {
  house: House;
  /** Where notifications may go. */
  guard: Guard;
  /** What the setters would throw. */
  check: typeof check;
  setPollRates: (rates: Readonly<Record<string, number>>) => void;
  /** Whether newcomers may register themselves, from now on. */
  setInBand: (on: boolean) => void;
  setPostRate: (seconds: number) => void;
  setTime: (settings: TimeSettings) => void;
} {
  const configured = config.pollRates as Record<string, number>;
  checkNames(configured, 'BAD_CONFIG');
  const rates = new Map(Object.entries(configured));
  const guard = guardOf({
    plainHttp: config.notifyPlainHttp,
    ports: config.notifyPorts,
    allow: config.notifyAllow,
  });
  let inBand = config.inBandRegistration;
  let { postRateS } = config;
  let time: Required<TimeSettings> = { quality: config.timeQuality, timeZone: config.timeZone, offsets: undefined };
  const house: House = {
    pen: config.enterpriseNumber,
    ...(self && { self }),
    pollRate: ({ name, poll = 900 }) => rates.get(name) ?? ourRates[name] ?? poll,
    get postRateS() {
      return postRateS;
    },
    get inBandRegistration() {
      return inBand;
    },
    defaultPin: config.defaultPin,
    get timeQuality() {
      return time.quality;
    },
    get timeZone() {
      return time.timeZone;
    },
    get timeOffsets() {
      return time.offsets;
    },
    pastValues: config.pastValues,
    metering: { mirrorsPerDevice: config.mirrorsPerDevice, metersPerMirror: config.metersPerMirror },
    flowPolicy: flowPolicyNamed(config.flowReservationPolicy),
    controlWindow: config.controlWindow,
    pageCap: config.pageCap,
    subscriptions: { mostPerDevice: config.maxSubscriptions, refusal: uri => guard.refusal(uri) },
  };
  return {
    house,
    guard,
    setInBand: on => {
      inBand = on;
    },
    check,
    setPollRates: more => {
      check.pollRates(more);
      for (const [name, rate] of Object.entries(more)) rates.set(name, rate);
      changed();
    },
    setPostRate: seconds => {
      postRateS = seconds;
      changed();
    },
    setTime: settings => {
      check.time(settings);
      time = { ...time, ...settings };
      changed();
    },
  };
}
