export interface BenchResult {
  readonly name: string;
  readonly machine: string;
  readonly results: readonly {
    readonly case: string;
    readonly value: number;
    readonly unit: string;
    /** The same measure of the baseline, taken in the same run on the same cores. */
    readonly baseline: number;
    /** value / baseline; more is better unless it is a time or a size. */
    readonly ratio: number;
  }[];
}
