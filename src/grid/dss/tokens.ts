/** One line of an OpenDSS script as words: `name=value` pairs and bare values, with quotes and comments taken off. */
import { bad } from './values';

export interface Token {
  /** Left of `=`, as written; absent for a positional value. */
  readonly name?: string;
  readonly value: string;
  /** The value stood in ( ) [ ] { } or quotes: an array, a name with blanks, or arithmetic. */
  readonly quoted: boolean;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '"': '"', "'": "'" };
const blank = (c: string | undefined): boolean => c === ' ' || c === '\t' || c === ',' || c === '\r' || c === '\f';

/** @throws Problem BAD_NETWORK at `at` for a quote or bracket that is not closed. */
export function tokens(text: string, at: string): Token[] {
  const found: Token[] = [];
  let i = 0;
  const comment = (): boolean => text[i] === '!' || (text[i] === '/' && text[i + 1] === '/');
  const skip = (): void => {
    while (i < text.length && blank(text[i])) i++;
  };
  const word = (): { value: string; quoted: boolean } => {
    const close = closing[text[i] ?? ''];
    if (close !== undefined) {
      const end = text.indexOf(close, i + 1);
      if (end < 0) throw bad(at, `${text[i]} is not closed with ${close}`);
      const value = text.slice(i + 1, end);
      i = end + 1;
      return { value, quoted: true };
    }
    const start = i;
    while (i < text.length && !blank(text[i]) && text[i] !== '=' && text[i] !== '!') i++;
    return { value: text.slice(start, i), quoted: false };
  };
  for (;;) {
    skip();
    if (i >= text.length || comment()) return found;
    if (text[i] === '=') throw bad(at, 'a name is missing before =');
    const first = word();
    skip();
    if (text[i] !== '=') {
      found.push(first);
      continue;
    }
    i++;
    skip();
    if (i >= text.length || comment()) throw bad(at, `a value is missing after ${first.value}=`);
    found.push({ name: first.value, ...word() });
  }
}
