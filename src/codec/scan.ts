/**
 * A scanner for the XML we accept: one UTF-8 document of XML 1.0 with namespaces, without DTD. It goes through the text once,
 * from left to right, keeps no tree, and refuses whatever is not well formed. Every step of it consumes input, so it ends.
 */
import { Problem } from '../base/problem';
import { illegalCharacter } from './characters';
import { bind, resolve, rootScope, type Scope } from './namespaces';

export interface Attribute {
  readonly uri: string;
  readonly local: string;
  readonly value: string;
}

/** What a scan tells its listener. Character data comes in as many pieces as it likes; all of it, white space included. */
export interface Listener {
  open(uri: string, local: string, attributes: readonly Attribute[], scope: Scope): void;
  text(text: string): void;
  close(): void;
}

export interface Limits {
  readonly maxDepth: number;
  readonly maxAttributes: number;
}

const nameStart =
  'A-Za-z_\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const ncName = `[${nameStart}][\\u0300-\\u036F${nameStart}0-9.\\-\\u00B7\\u203F-\\u2040]*`;
/** Prefix and local part of a qualified name. */
const qName = new RegExp(`(${ncName})(?::(${ncName}))?`, 'uy');
const equals = /[\t\n\r ]*=[\t\n\r ]*/y;
const declaration =
  /<\?xml[\t\n\r ]+version[\t\n\r ]*=[\t\n\r ]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[\t\n\r ]+encoding[\t\n\r ]*=[\t\n\r ]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[\t\n\r ]+standalone[\t\n\r ]*=[\t\n\r ]*(?:"(?:yes|no)"|'(?:yes|no)'))?[\t\n\r ]*\?>/y;
const reference = /&(?:#([0-9]{1,8})|#x([0-9A-Fa-f]{1,8})|(lt|gt|amp|quot|apos));/y;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const none: readonly Attribute[] = [];

/** What an ASCII character does to a name without prefix; the rest is left to `qName`. */
const [ends, starts, continues, other] = [0, 1, 2, 3];
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z_]/.test(character)
    ? starts
    : /[0-9.-]/.test(character)
      ? continues
      : character === ':'
        ? other
        : ends;
});
const nameKind = (code: number): number => (code < 128 ? (kinds[code] ?? other) : Number.isNaN(code) ? ends : other);

interface Open {
  readonly raw: string;
  readonly scope: Scope;
}

/** @throws Problem BAD_XML with line and column of what is wrong; whatever the listener throws passes through. */
export function scan(xml: string, listener: Listener, limits: Limits): void {
  new Scanner(xml, listener, limits).run();
}

class Scanner {
  private at = 0;
  private readonly stack: Open[] = [];

  constructor(
    private readonly xml: string,
    private readonly listener: Listener,
    private readonly limits: Limits,
  ) {}

  run(): void {
    const illegal = illegalCharacter.exec(this.xml);
    if (illegal) this.fail('a character that XML does not allow', illegal.index);
    if (this.xml.startsWith('\uFEFF')) this.at = 1;
    this.prologue();
    this.outside();
    if (this.xml.charAt(this.at) !== '<') this.fail('no root element');
    this.startTag();
    while (this.stack.length > 0) this.inside();
    this.outside();
    if (this.at < this.xml.length) this.fail('something after the root element');
  }

  private prologue(): void {
    if (!/^<\?xml[\t\n\r ]/.test(this.xml.slice(this.at, this.at + 6))) return;
    const found = this.match(declaration);
    if (!found) this.fail('not an XML declaration');
    const encoding = found[1] ?? found[2];
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) this.fail(`encoding ${encoding}; only UTF-8 is read`);
  }

  /** White space, comments and processing instructions before and after the root. */
  private outside(): void {
    for (;;) {
      this.skipSpace();
      if (this.xml.startsWith('<!--', this.at)) this.comment();
      else if (this.xml.startsWith('<?', this.at)) this.instruction();
      else if (this.xml.startsWith('<!', this.at)) this.fail('a document type declaration; none is read');
      else return;
    }
  }

  private inside(): void {
    const { xml, at } = this;
    const next = xml.indexOf('<', at);
    if (next < 0) this.fail(`<${this.stack[this.stack.length - 1]?.raw}> is never closed`, xml.length);
    if (next > at) {
      const piece = xml.slice(at, next);
      const end = piece.indexOf(']]>');
      if (end >= 0) this.fail(']]> in text', at + end);
      this.listener.text(this.expand(piece, at));
      this.at = next;
    }
    const c = xml.charCodeAt(next + 1);
    if (c === 0x2f) this.endTag();
    else if (c === 0x21) {
      if (xml.startsWith('<!--', next)) this.comment();
      else if (xml.startsWith('<![CDATA[', next)) this.cdata();
      else this.fail('a declaration inside an element');
    } else if (c === 0x3f) this.instruction();
    else this.startTag();
  }

  private startTag(): void {
    const from = this.at;
    this.at++;
    const raw = this.name();
    const [attributes, scope] = this.attributes();
    const empty = this.xml.charAt(this.at) === '/';
    if (empty) this.at++;
    if (this.xml.charAt(this.at) !== '>') this.fail('a start tag that does not end as it should');
    this.at++;
    if (this.stack.length >= this.limits.maxDepth)
      this.fail(`elements nested more than ${this.limits.maxDepth} deep`, from);
    const { uri, local } = this.resolved(raw, scope, true, from);
    this.listener.open(uri, local, attributes, scope);
    if (empty) this.listener.close();
    else this.stack.push({ raw, scope });
  }

  private endTag(): void {
    const open = this.stack.pop();
    const { xml, at } = this;
    if (!open || !xml.startsWith(open.raw, at + 2)) this.fail(`want </${open?.raw}>`);
    this.at = at + 2 + open.raw.length;
    this.skipSpace();
    if (xml.charAt(this.at) !== '>') this.fail(`want </${open.raw}>`, at);
    this.at++;
    this.listener.close();
  }

  /** Reads attributes up to the end of the tag; namespace declarations are taken out and make the scope. */
  private attributes(): [readonly Attribute[], Scope] {
    let scope = this.stack[this.stack.length - 1]?.scope ?? rootScope;
    const end = this.xml.charCodeAt(this.at);
    if (end === 0x3e || end === 0x2f) return [none, scope];
    let raws: { raw: string; value: string; at: number }[] | undefined;
    const seen = new Set<string>();
    while (this.skipSpace()) {
      const c = this.xml.charAt(this.at);
      if (c === '>' || c === '/') break;
      const at = this.at;
      const raw = this.name();
      if (seen.has(raw)) this.fail(`attribute ${raw} twice`, at);
      if (seen.size >= this.limits.maxAttributes) this.fail(`more than ${this.limits.maxAttributes} attributes`, at);
      seen.add(raw);
      if (!this.match(equals)) this.fail(`attribute ${raw} without a value`, at);
      const value = this.attributeValue();
      if (raw === 'xmlns' || raw.startsWith('xmlns:')) {
        const bound = bind(scope, raw.slice(6), value);
        if (!bound) this.fail(`${raw} cannot be bound to that`, at);
        scope = bound;
      } else (raws ??= []).push({ raw, value, at });
    }
    if (!raws) return [none, scope];
    const attributes = raws.map(({ raw, value, at }) => ({ ...this.resolved(raw, scope, false, at), value }));
    if (new Set(attributes.map(({ uri, local }) => `${uri} ${local}`)).size < attributes.length)
      this.fail('two attributes of the same name');
    return [attributes, scope];
  }

  private attributeValue(): string {
    const quote = this.xml.charAt(this.at);
    if (quote !== '"' && quote !== "'") this.fail('an attribute value without quotes');
    const from = this.at + 1;
    const to = this.xml.indexOf(quote, from);
    if (to < 0) this.fail('an attribute value that never ends');
    const value = this.xml.slice(from, to);
    const less = value.indexOf('<');
    if (less >= 0) this.fail('< in an attribute value', from + less);
    this.at = to + 1;
    return this.expand(value.replace(/\r\n|[\t\n\r]/g, ' '), from);
  }

  /** Line ends made one, references replaced. */
  private expand(piece: string, from: number): string {
    const text = piece.includes('\r') ? piece.replace(/\r\n?/g, '\n') : piece;
    let amp = text.indexOf('&');
    if (amp < 0) return text;
    let out = '';
    let done = 0;
    while (amp >= 0) {
      reference.lastIndex = amp;
      const found = reference.exec(text);
      if (!found) this.fail('an & that begins no reference we know', from + amp);
      const [whole, decimal, hex, name] = found;
      out += text.slice(done, amp);
      if (name !== undefined) out += entities[name] ?? '';
      else {
        const code = decimal !== undefined ? parseInt(decimal, 10) : parseInt(hex ?? '', 16);
        const character = code <= 0x10ffff ? String.fromCodePoint(code) : '';
        if (character === '' || illegalCharacter.test(character))
          this.fail('a reference to a character that XML does not allow', from + amp);
        out += character;
      }
      done = amp + whole.length;
      amp = text.indexOf('&', done);
    }
    return out + text.slice(done);
  }

  private cdata(): void {
    const from = this.at + '<![CDATA['.length;
    const to = this.xml.indexOf(']]>', from);
    if (to < 0) this.fail('a CDATA section that never ends');
    this.listener.text(this.xml.slice(from, to).replace(/\r\n?/g, '\n'));
    this.at = to + 3;
  }

  private comment(): void {
    const to = this.xml.indexOf('--', this.at + 4);
    if (to < 0 || this.xml.charAt(to + 2) !== '>') this.fail('a comment that does not end, or has -- in it');
    this.at = to + 3;
  }

  private instruction(): void {
    const from = this.at;
    this.at += 2;
    const target = this.name();
    if (/^xml$/i.test(target)) this.fail('an XML declaration that is not at the very start', from);
    const to = this.xml.indexOf('?>', this.at);
    if (to < 0) this.fail('a processing instruction that never ends', from);
    if (to > this.at && !/[\t\n\r ]/.test(this.xml.charAt(this.at))) this.fail('not a processing instruction', from);
    this.at = to + 2;
  }

  private name(): string {
    const { xml, at: from } = this;
    let to = from;
    let kind = nameKind(xml.charCodeAt(to));
    if (kind === starts) {
      while (kind === starts || kind === continues) kind = nameKind(xml.charCodeAt(++to));
      if (kind === ends) {
        this.at = to;
        return xml.slice(from, to);
      }
    }
    // A prefix, or letters beyond ASCII.
    const found = this.match(qName);
    if (!found) this.fail('not a name');
    return found[0];
  }

  private resolved(raw: string, scope: Scope, element: boolean, at: number): { uri: string; local: string } {
    const colon = raw.indexOf(':');
    if (colon < 0) return { uri: element ? (resolve(scope, '') ?? '') : '', local: raw };
    const uri = resolve(scope, raw.slice(0, colon));
    if (uri === undefined) this.fail(`prefix ${raw.slice(0, colon)} is not declared`, at);
    return { uri, local: raw.slice(colon + 1) };
  }

  private skipSpace(): boolean {
    const { xml, at } = this;
    let to = at;
    for (let c = xml.charCodeAt(to); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;) c = xml.charCodeAt(++to);
    this.at = to;
    return to > at;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.xml);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private fail(note: string, at = this.at): never {
    const before = this.xml.slice(0, at);
    const line = before.split('\n').length;
    throw new Problem('BAD_XML', { at: `line ${line} column ${at - before.lastIndexOf('\n')}`, note });
  }
}
