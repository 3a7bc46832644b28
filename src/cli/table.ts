/** Rows as columns for people: each as wide as its widest cell, numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map(row => String(row[column] ?? '').length)));
  return all.map(row =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A moment as `2026-10-12 08:30:00Z`. */
export const moment = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000', '');
