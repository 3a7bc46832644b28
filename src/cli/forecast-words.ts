import { moment } from './table';

/** What a control rests on, as `envelope show` has it from the operator API. */
export interface RestsOn {
  readonly forecasts?: readonly {
    readonly asset: string;
    readonly phase?: number;
    readonly rung: string;
    readonly trainedUntil: number;
    readonly lowLevel: number;
    readonly highLevel: number;
    readonly ofNaive: number;
    readonly coverage90: number;
  }[];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** A sentence for each forecast a control rests on; none where it rests on the shapes of the network. */
export const restsOn = ({ forecasts = [] }: RestsOn): string[] =>
  forecasts.map(
    ({ asset, coverage90, highLevel, lowLevel, ofNaive, phase, rung, trainedUntil }) =>
      `  rests on the forecast of ${asset}${phase === undefined ? '' : ` phase ${phase}`} by ${rung}, readings to ${moment(trainedUntil)}: ` +
      `import on its ${percent(highLevel)} quantile, export on its ${percent(lowLevel)}; back-test ${ofNaive.toFixed(2)} of naive, ` +
      `${percent(coverage90)} in the 90 % band`,
  );
