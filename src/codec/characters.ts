/** Characters of XML 1.0 (production 2) and how text is escaped. */

/** Anything that is not a legal character; with the u flag a lone surrogate is one code point and matches. */
export const illegalCharacter = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const attention = /[&<>"\t\n\r]/;
const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader makes a space of a tab or line break in an attribute, and of CR a line feed anywhere, unless they are references.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

export const escapeAttribute = (text: string): string =>
  attention.test(text) ? text.replace(/[&<>"\t\n\r]/g, c => replacements[c] ?? c) : text;

export const escapeText = (text: string): string =>
  attention.test(text) ? text.replace(/[&<>\r]/g, c => replacements[c] ?? c) : text;

/** Length in characters as XML Schema counts them: code points. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--;
  return count;
}
