import fc from 'fast-check';
import { Problem } from '../../base/problem';
import { read } from '../read';
import { bulky, bytes, mutated, sent, soup } from './hostile';

const codes = ['BAD_XML', 'BAD_VALUE', 'TOO_LARGE'];

/** Reads in both modes: a value, or a Problem that is the peer's fault. Anything else fails. Test code. */
function survives(document: string | Uint8Array): void {
  for (const mode of ['strict', 'lenient'] as const)
    try {
      const { value } = read(sent, document, { mode });
      // Nothing of the document may have become a prototype or a key of its own.
      const plain = JSON.parse(JSON.stringify(value)) as object;
      if (Object.getPrototypeOf(value) !== Object.prototype || Object.hasOwn(plain, '__proto__'))
        throw new Error('a strange object');
    } catch (thrown) {
      if (!(thrown instanceof Problem) || !codes.includes(thrown.code)) throw thrown;
      if (thrown.message.length > 2000) throw new Error('a message as long as the document', { cause: thrown });
    }
  if (Object.keys(Object.prototype).length > 0 || ({} as { x?: unknown }).x !== undefined)
    throw new Error('Object.prototype was changed');
}

/** Runs `cases` hostile documents through the reader, in equal shares of every kind. */
export function attack(cases: number, bulk: number): void {
  const runs = { numRuns: Math.ceil(cases / 4) };
  fc.assert(fc.property(mutated, survives), runs);
  fc.assert(fc.property(soup, survives), runs);
  fc.assert(fc.property(bytes, survives), runs);
  fc.assert(fc.property(bulky(bulk), survives), runs);
}
