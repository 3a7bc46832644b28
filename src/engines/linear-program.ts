/**
 * Linear programs, solved by HiGHS compiled to WebAssembly: no native build, one thread, and the same answer for the same program. The
 * solver is loaded when an engine first needs one.
 */
import loadHighs, { type Highs } from 'highs';
import { Problem } from '../base/problem';

export interface LinearProgram {
  /** Maximised: cost · x. */
  readonly cost: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly rows: readonly LinearRow[];
}

/** low ≤ a · x ≤ high. */
export interface LinearRow {
  readonly a: ArrayLike<number>;
  readonly low?: number;
  readonly high?: number;
}

export interface Optimum {
  readonly x: Float64Array;
  /** What a unit more of room in each row is worth; 0 for rows that do not bind. */
  readonly worth: Float64Array;
  /** What a unit more of each variable would be worth at its bound; 0 for variables between their bounds. */
  readonly pull: Float64Array;
}

/** A program that is kept, so that it can be solved again with other bounds and goes on from its last answer. */
export interface Solver {
  solve(program: LinearProgram): Optimum;
  /** The last program with other bounds of variables and without some of its rows; undefined where nothing holds all of that. */
  again(change: {
    readonly lower: Float64Array;
    readonly upper: Float64Array;
    readonly without: readonly number[];
  }): Optimum | undefined;
}

let loading: Promise<Highs> | undefined;

/** Runs `use` with a solver of its own. @throws Problem ENGINE_BROKE where a program has no answer */
export async function withSolver<T>(use: (solver: Solver) => T | Promise<T>): Promise<T> {
  const highs = await (loading ??= loadHighs());
  return highs.withModel(async model => {
    model.options.set({ output_flag: false, solver: 'simplex', random_seed: 0 });
    const answer = (): Optimum | undefined => {
      model.run();
      if (model.getModelStatus() !== highs.constants.modelStatus.optimal) return undefined;
      const { colDual, colValue, rowDual } = model.getSolution();
      return { x: colValue, worth: rowDual, pull: colDual };
    };
    return use({
      solve({ cost, lower, rows, upper }) {
        const starts = [0];
        const indices: number[] = [];
        const values: number[] = [];
        for (const { a } of rows) {
          for (let j = 0; j < a.length; j++) {
            if (a[j] === 0) continue;
            indices.push(j);
            values.push(a[j] as number);
          }
          starts.push(indices.length);
        }
        model.passModel({
          numCols: cost.length,
          numRows: rows.length,
          sense: highs.constants.objectiveSense.maximize,
          colCost: cost,
          colLower: lower,
          colUpper: upper,
          rowLower: Float64Array.from(rows, ({ low = -highs.infinity }) => low),
          rowUpper: Float64Array.from(rows, ({ high = highs.infinity }) => high),
          matrix: {
            format: 'csr',
            numRows: rows.length,
            numCols: cost.length,
            starts: Int32Array.from(starts),
            indices: Int32Array.from(indices),
            values: Float64Array.from(values),
          },
        });
        const found = answer();
        if (found) return found;
        const note = `HiGHS ended with status ${model.getModelStatus()}`;
        throw new Problem('ENGINE_BROKE', { at: 'linear program', note });
      },
      again({ lower, upper, without }) {
        lower.forEach((value, j) => model.changeColBounds(j, value, upper[j] as number));
        for (const row of without) model.changeRowBounds(row, -highs.infinity, highs.infinity);
        return answer();
      },
    });
  });
}
