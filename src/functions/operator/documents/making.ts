/** The plan that makes documents with all that stands below them, in one commit: who reads sees all of it or nothing. */
import { mridOf } from '../../../base/ids';
import { Problem } from '../../../base/problem';
import { model } from '../../../model';
import { href, type Href } from '../../../model/href';
import { fieldsOf, type Complex } from '../../../model/dsl';
import { type IndexKey, type NewDoc, type Store } from '../../../store/api';
import { responseSetOf, type StoredEvent } from '../../event-kinds';
import { eventLedgerDoc, eventLedgerHref, type EventLedger } from '../../event-list';
import { docOf, wireText } from '../../provision';
import { childLinks, isListResource } from '../../tree';
import { orderedMrid } from '../../issued-controls';
import { type ProgramDeps } from '../program-at';
import { hrefOf, isProgram, listOf, type DocumentNode } from './nodes';
import { checkLinks, checkValue } from './rules';

/** A document in wire form without what the server says of it, beside what is to stand below it, by key of its node. */
export interface DocumentSpec {
  readonly value: Readonly<Record<string, unknown>>;
  readonly [below: string]: unknown;
}

export interface DocumentDeps extends ProgramDeps {
  /** Refuses a value that could not be written to a client. @throws Problem BAD_VALUE with the path of what does not fit */
  readonly fits: (type: Complex, value: unknown) => void;
}

export interface MadeDocument {
  readonly id: string;
  readonly href: Href;
  readonly mRID?: string;
}

const counter = '~seq/documents';
/** Whose programs have a ResponseSet; see assigned.ts. */
const answered = new Set(['dr', 'msg', 'tp']);
export const isIdentified = ({ resource }: DocumentNode): boolean =>
  fieldsOf(resource.type).some(([name]) => name === 'mRID');

export class Making {
  private readonly docs: NewDoc[] = [];
  private readonly expected: Record<Href, number> = {};
  private readonly issued = new Map<Href, number>();

  private constructor(
    private readonly deps: DocumentDeps,
    private readonly counted: { readonly version: number; next: number },
    readonly now: number,
  ) {}

  static async begin(deps: DocumentDeps): Promise<Making> {
    const doc = await deps.store.get<{ next: number }>(counter);
    return new Making(deps, { version: doc?.version ?? 0, next: doc?.body.next ?? 1 }, deps.clock.now());
  }

  /** Makes an entry of a list below the documents of these ids. */
  async make(node: DocumentNode, above: readonly string[], spec: DocumentSpec): Promise<MadeDocument> {
    const n = this.counted.next++;
    const id = isProgram(node) ? `${node.root}${n}` : String(n);
    const ids = [...above, id];
    const at = hrefOf(node, ids);
    const body = await this.bodyOf(node, at, spec.value, n);
    this.put(node, ids, body);
    if (node.event) this.issued.set(listOf(node, above), (this.issued.get(listOf(node, above)) ?? 0) + 1);
    if (isProgram(node) && answered.has(node.root)) this.docs.push(this.responseSet(id, body));
    for (const child of node.children) await this.below(child, ids, spec[child.key]);
    const { mRID } = body as { mRID?: string };
    return { id, href: at, ...(mRID !== undefined && { mRID }) };
  }

  private async below(node: DocumentNode, ids: readonly string[], given: unknown): Promise<void> {
    if (node.list) for (const spec of (given ?? []) as DocumentSpec[]) await this.make(node, ids, spec);
    else if (given !== undefined) await this.single(node, ids, given as DocumentSpec['value']);
    else if (node.demanded)
      throw new Problem('BAD_VALUE', { at: node.key, want: `a ${node.resource.type.name}: the schema demands it` });
  }

  /** Makes or replaces a document that stands by itself. */
  async single(node: DocumentNode, ids: readonly string[], value: DocumentSpec['value']): Promise<void> {
    this.put(node, ids, await this.bodyOf(node, hrefOf(node, ids), value, 0));
  }

  put(node: DocumentNode, ids: readonly string[], body: object, version = 0): void {
    const at = hrefOf(node, ids);
    const { mRID } = body as { mRID?: string };
    const keys: IndexKey[] = mRID === undefined ? [] : [{ index: 'mrid', key: mRID, unique: true }];
    const params = Object.fromEntries(node.params.map(({ theirs }, i) => [theirs, ids[i] ?? '']));
    this.docs.push(docOf(node.resource, params, body, this.now, keys));
    this.expected[at] = version;
  }

  /** What is stored of a value, once it has been judged. */
  async bodyOf(node: DocumentNode, at: Href, value: DocumentSpec['value'], n: number): Promise<object> {
    const { store, pen, ids, fits } = this.deps;
    checkValue(node, value, this.now);
    const unique = mridOf(`document/${ids.next()}`, pen);
    const body: object = {
      ...value,
      ...(isIdentified(node) &&
        (node.event ? { mRID: orderedMrid(this.now, n, unique) } : { mRID: unique, version: 0 })),
      ...(node.event && eventOf(at, value as unknown as StoredEvent, this.now)),
    };
    fits(node.resource.type, { ...body, ...linksOf(node, at) });
    await checkLinks(store, node, value);
    return body;
  }

  private responseSet(id: string, body: object): NewDoc {
    const { description } = body as { description?: string };
    const mRID = mridOf(`responses/${id}`, this.deps.pen);
    const set = { mRID, ...(description !== undefined && { description: wireText(description) }), version: 0 };
    return docOf(model.response.set, { rsps: id }, set, this.now);
  }

  /** Notes that the events of a list are another: those who keep what they made of it look again. */
  touched(list: Href): void {
    if (!this.issued.has(list)) this.issued.set(list, 0);
  }

  async plan(): Promise<{ expect: Record<Href, number>; put: NewDoc[] }> {
    const { store } = this.deps;
    const ledgers: NewDoc[] = [];
    const expect: Record<Href, number> = { ...this.expected, [counter]: this.counted.version };
    for (const [list, more] of this.issued) {
      const old = await store.get<EventLedger>(eventLedgerHref(list));
      expect[eventLedgerHref(list)] = old?.version ?? 0;
      ledgers.push(eventLedgerDoc(list, { issued: (old?.body.issued ?? 0) + more }, this.now));
    }
    const count = {
      href: counter,
      list: '',
      kind: '~seq',
      changed: this.now,
      sortKey: '',
      body: { next: this.counted.next },
    };
    return { expect, put: [count, ...ledgers, ...this.docs] };
  }
}

const eventOf = (at: Href, { responseRequired = '03' }: StoredEvent, now: number): object => ({
  creationTime: now,
  EventStatus: { currentStatus: 0, dateTime: now, potentiallySuperseded: false },
  responseRequired,
  ...(parseInt(responseRequired, 16) !== 0 && {
    replyTo: href(model.response.responses, { rsps: responseSetOf(at) }),
  }),
});

/** The links a client will be shown at most. */
const linksOf = ({ resource }: DocumentNode, at: Href): object =>
  Object.fromEntries(
    childLinks(resource).map(({ field, child, segment }) => [
      field,
      { href: `${at}/${segment}`, ...(isListResource(child) && { all: 0 }) },
    ]),
  );

/** @throws Problem NO_SUCH unless the document is there */
export async function documentAt<B>(store: Store, node: DocumentNode, ids: readonly string[]) {
  const at = hrefOf(node, ids);
  const doc = await store.get<B>(at);
  if (!doc) throw new Problem('NO_SUCH', { at, note: `no such ${node.resource.type.name}` });
  return doc;
}
