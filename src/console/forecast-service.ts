/** What the operator API needs of forecasts; `server` wires it to the room `forecast`. */
import { type FlowReading } from '../functions/operator/flow-readings';

export interface ForecastService {
  /** Forecasts of every asset with a meter: which rung, how good it was in the back-test, or why there is none. */
  list(): Promise<object>;
  /** Of one asset: the scores of all rungs, and quantiles step by step. @throws Problem NO_SUCH for an asset the network does not have */
  show(asset: string): Promise<object>;
  /** Takes in readings of meters at assets; answers how many. @throws Problem BAD_VALUE for an asset the network does not have */
  add(readings: readonly FlowReading[]): Promise<number>;
}
