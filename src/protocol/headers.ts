/** Media types of 2030.5 (protocol facts 2.1). EXI is not built: a client that accepts nothing else gets 406. */
export const sepXml = 'application/sep+xml';

/** Whether `accept` allows application/sep+xml; a missing header allows anything. Parameters such as `level` are ignored. */
export function acceptsSepXml(accept: string | undefined): boolean {
  if (accept === undefined || accept === sepXml || accept.trim() === '') return true;
  let best = -1;
  let allowed = false;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase());
    const precision = [`*/*`, 'application/*', sepXml].indexOf(type);
    if (precision < best || precision === -1) continue;
    const q = parameters.find(p => p.startsWith('q='));
    best = precision;
    allowed = q === undefined || Number(q.slice(2)) > 0;
  }
  return allowed;
}

/** Names and values in turn, as node:http takes them. */
export function lines(headers: Readonly<Record<string, string>>, bytes: number): string[] {
  const found = ['Content-Length', String(bytes)];
  for (const name in headers) found.push(name, headers[name] ?? '');
  return found;
}

/** Whether a request body may be read as application/sep+xml; a client that says nothing means it. */
export function isSepXml(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === sepXml;
}
