/** A table as CSV (RFC 4180). A next page is told in a row of its own, as a comment that readers of CSV can leave out. */
export function csvOf(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  next?: string,
): string {
  const lines = [columns.join(','), ...rows.map(row => columns.map(name => cell(row[name])).join(','))];
  if (next !== undefined) lines.push(`#next,${next}`);
  return `${lines.join('\r\n')}\r\n`;
}

/** Text that a spreadsheet would take for a formula gets a quote in front: it came from a device. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
