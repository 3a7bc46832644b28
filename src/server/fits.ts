import { Problem } from '../base/problem';
import { write } from '../codec/write';
import { dialects } from '../model/dialect';
import { type Complex } from '../model/dsl';

/**
 * Writing is strict, so a value that does not fit would come out at every client's GET, as a fault of ours. What an operator
 * gives us is therefore written once, in every dialect, before it is stored.
 * @throws Problem BAD_VALUE with the path of what does not fit
 */
export function fits(type: Complex, value: unknown): void {
  for (const dialect of Object.values(dialects))
    try {
      write(type, value as never, { dialect });
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      throw new Problem('BAD_VALUE', thrown.detail);
    }
}
