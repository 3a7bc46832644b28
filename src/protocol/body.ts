import { type Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { Problem } from '../base/problem';

/** What reading a body needs of a request; an http.IncomingMessage is one. */
export interface BodySource extends Readable {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Reads a request body, chunked or not, gzip or plain, up to `maxBytes` on the wire and unpacked, once `mayRead` has settled.
 * @throws Problem TOO_LARGE, WRONG_TYPE for an unknown Content-Encoding, BAD_REQUEST when it breaks off.
 */
export async function readBody(
  source: BodySource,
  maxBytes: number,
  mayRead?: () => Promise<void> | undefined,
): Promise<Buffer> {
  const tooLarge = (got: unknown) => new Problem('TOO_LARGE', { at: 'body', want: `at most ${maxBytes} bytes`, got });
  const announced = Number(source.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(announced);
  await mayRead?.();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop must not destroy the request, which would take the connection and our answer with it.
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw tooLarge(`more than ${maxBytes}`);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw error instanceof Problem
      ? error
      : new Problem('BAD_REQUEST', { at: 'body', note: 'the connection broke off', cause: error });
  }
  const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  const encoding = source.headers['content-encoding'];
  const coding = typeof encoding === 'string' ? encoding.trim().toLowerCase() : encoding;
  if (coding === undefined || coding === '' || coding === 'identity') return body;
  if (coding !== 'gzip' && coding !== 'x-gzip')
    throw new Problem('WRONG_TYPE', { at: 'Content-Encoding', got: encoding, want: 'gzip or none' });
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge('a gzip body that unpacks to more');
    throw new Problem('BAD_XML', { at: 'body', note: 'not gzip, as Content-Encoding says', cause });
  }
}

/**
 * Reads past what is left of a body nobody wants, `most` bytes of it, so that it is not taken for the next request. Returns
 * whether the connection can go on; else it ends once the peer has our answer.
 */
export function readPast(source: BodySource, most: number): boolean {
  if (Number(source.headers['content-length'] ?? 0) > most) return false;
  let left = most;
  source.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) source.destroy();
  });
  source.resume();
  return true;
}
