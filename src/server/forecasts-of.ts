/** Forecasts as the configuration wants them. */
import { type Clock } from '../base/clock';
import { Problem } from '../base/problem';
import { type ForecastService } from '../console/forecast-service';
import { type Network } from '../grid/network';
import { type Store } from '../store/api';
import { type Config } from './config';
import { listOf, placeOf } from './forecast-words';
import { type Forecasts, forecasts } from './forecasts';

/** Nothing where there is no network, or no history is to be looked at. */
export function forecastsOf(
  network: Network | undefined,
  { clock, config, store }: { readonly clock: Clock; readonly config: Config; readonly store: Store },
): Forecasts | undefined {
  if (!network || config.forecastHistoryDays === 0) return undefined;
  const place = placeOf(config.forecastPlace);
  return forecasts({
    network,
    store,
    clock,
    timeZone: config.timeZone,
    stepS: config.envelopeStepS,
    horizonS: config.envelopeHorizonS,
    historyDays: config.forecastHistoryDays,
    level: config.forecastPercent / 100,
    holidays: listOf(config.holidays),
    ...(place && { place }),
  });
}

/** For servers that make no forecasts. */
export const noForecasts: ForecastService = {
  list: async () => ({ forecasts: [] }),
  show: async asset => {
    throw new Problem('NO_SUCH', { at: `forecast of ${asset}`, note: 'this server makes no forecasts' });
  },
  add: async () => {
    throw new Problem('BAD_CONFIG', {
      at: 'network',
      note: 'without a network, or with forecastHistoryDays 0, there are no forecasts',
    });
  },
};
