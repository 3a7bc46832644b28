/** Solves A x = b for a symmetric A with a Cholesky factor; nothing where A is not positive definite. A is row by row. */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const n = right.length;
  const l = Float64Array.from(matrix);
  const at = (i: number, j: number): number => l[i * n + j] as number;
  for (let j = 0; j < n; j++) {
    let pivot = at(j, j);
    for (let k = 0; k < j; k++) pivot -= at(j, k) ** 2;
    if (!(pivot > 0)) return undefined;
    l[j * n + j] = Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      l[i * n + j] = sum / at(j, j);
    }
  }
  const x = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - at(i, k) * (x[k] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] = (x[i] as number) - at(k, i) * (x[k] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  return x;
}
