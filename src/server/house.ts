import { type House } from '../functions/behaviour';
import { type Config } from './config';

/** Programs are polled more often than the rest: controls hang below them, and their lists carry no rate of their own. */
const programPollS = 300;
const otherPollS = 900;

/** The part of the configuration that functions see, with poll rates that can be set while the server runs. */
export function houseOf(
  config: Config,
  { self, changed = () => undefined }: { self?: House['self'] | undefined; changed?: () => void } = {},
): {
  house: House;
  setPollRates: (rates: Readonly<Record<string, number>>) => void;
} {
  const rates = new Map(Object.entries(config.pollRates as Record<string, number>));
  const house: House = {
    pen: config.enterpriseNumber,
    ...(self && { self }),
    pollRate: resource =>
      rates.get(resource.name) ?? resource.poll ?? (resource.name.endsWith('programs') ? programPollS : otherPollS),
    postRateS: config.postRateS,
    inBandRegistration: config.inBandRegistration,
    defaultPin: config.defaultPin,
    timeQuality: config.timeQuality,
    timeZone: config.timeZone,
    controlWindow: config.controlWindow,
    pageCap: config.pageCap,
  };
  return {
    house,
    setPollRates: more => {
      for (const [name, rate] of Object.entries(more)) rates.set(name, rate);
      changed();
    },
  };
}
