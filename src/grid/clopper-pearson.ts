/**
 * The one-sided Clopper-Pearson bound: the largest probability p for which `broken` or fewer of `samples` would still be seen in one
 * of twenty experiments. 0 of 3840 gives 0.08 %.
 */
export function upperBound(broken: number, samples: number, confidence = 0.95): number {
  if (samples <= 0 || broken >= samples) return 1;
  const rest = 1 - confidence;
  if (broken === 0) return 1 - rest ** (1 / samples);
  let [low, high] = [broken / samples, 1];
  for (let i = 0; i < 60; i++) {
    const p = (low + high) / 2;
    if (atMost(broken, samples, p) > rest) low = p;
    else high = p;
  }
  return high;
}

/** Probability of `k` or fewer successes in `n`, summed in logarithms. */
function atMost(k: number, n: number, p: number): number {
  let term = n * Math.log1p(-p);
  let sum = Math.exp(term);
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(term);
  }
  return Math.min(1, sum);
}
