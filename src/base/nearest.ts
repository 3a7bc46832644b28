/**
 * The word of a list that somebody most likely meant: at most a third of its letters wrong, dropped, added or swapped with
 * their neighbour. Capitals do not count.
 */
export function nearest(meant: string, words: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const word of words) {
    const far = distance(meant.toLowerCase(), word.toLowerCase());
    if (far < least && far <= Math.max(1, Math.floor(word.length / 3))) [best, least] = [word, far];
  }
  return best;
}

/** Words named where none comes near. */
const most = 40;

/** `no such field; did you mean port?`, or what there is when nothing comes near. */
export function orElse(what: string, meant: string, words: readonly string[]): string {
  const near = nearest(meant, words);
  if (near !== undefined) return `${what}; did you mean ${near}?`;
  return `${what}; there are ${words.slice(0, most).join(', ')}${words.length > most ? ', …' : ''}`;
}

/** Edits between two words: insertions, deletions, replacements, swaps of neighbours (Damerau-Levenshtein, restricted). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
