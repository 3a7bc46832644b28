/**
 * HTML and SVG text that is escaped unless it came from here. A template inserts strings and numbers escaped, other markup as
 * it is; so a site called `<script>` can only ever be read, never run.
 */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Part = Markup | string | number | false | undefined | readonly Part[];

/** The tag is not called `html` because formatters re-indent that, and white space shows. `undefined` and `false` insert nothing, lists insert their members one after another. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? '';
  parts.forEach((part, i) => {
    text += insert(part) + (strings[i + 1] ?? '');
  });
  return new Markup(text);
}

/** Text of our own making (paths, styles) that needs no escape. Never for names, titles or anything read. */
export const trusted = (text: string): Markup => new Markup(text);

function insert(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return (part as readonly Part[]).map(insert).join('');
  return escape(String(part));
}

// eslint-disable-next-line no-control-regex -- control characters are what is being removed
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu; // unpaired surrogates only, by the u flag
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes for element text and quoted attributes; characters that XML forbids become U+FFFD. */
export function escape(text: string): string {
  return text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, c => entities[c] ?? c);
}
