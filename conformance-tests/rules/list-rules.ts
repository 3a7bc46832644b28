/** What holds for every list and every link in a document (protocol facts 2.1, 2.3, 2.4), read from the tree alone. */
import { allResources } from '../../src/model';
import { type Complex } from '../../src/model/dsl';
import { attribute, childNamed, type XmlNode } from './xml';

/** First occurrence wins; 1 where nothing is said. */
export function asked(path: string, name: 's' | 'l'): number {
  const query = new URLSearchParams(path.split('?', 2)[1] ?? '');
  return Number(query.get(name) ?? (name === 'l' ? 1 : 0));
}

/** @param path of the request, for `s` and `l`; undefined where the list came by itself, as in a notification */
export function listFaults(type: Complex, root: XmlNode, path?: string): string[] {
  if (!type.item) return [];
  const faults: string[] = [];
  const [all, results] = [Number(attribute(root, 'all')), Number(attribute(root, 'results'))];
  const count = root.children.length;
  if (results !== count) faults.push(`results is ${results}, but ${count} entries are there`);
  if (all < count) faults.push(`all is ${all}, but ${count} entries are there`);
  if (path !== undefined) {
    const [start, limit] = [asked(path, 's'), asked(path, 'l')];
    if (count > limit) faults.push(`${count} entries where l is ${limit}`);
    if (!/[?&]a=/.test(path)) {
      if (count > Math.max(0, all - start)) faults.push(`${count} entries from ${start} of ${all}`);
      if (count === 0 && limit > 0 && start < all) faults.push(`no entry from ${start} of ${all}`);
    }
  }
  return [...faults, ...orderFaults(type, root.children)];
}

/** Entries must follow the keys of their kind of list. */
function orderFaults(type: Complex, entries: readonly XmlNode[]): string[] {
  const orders = allResources.filter(resource => resource.type === type).map(({ order }) => order ?? []);
  if (orders.length === 0) return [];
  for (const keys of orders) {
    const wrong = entries.findIndex((entry, i) => i > 0 && compare(keys, entries[i - 1] ?? entry, entry) > 0);
    if (wrong < 0) return [];
  }
  return [`entries are not in the order of ${(orders[0] ?? []).join(', ')}`];
}

function compare(keys: readonly string[], a: XmlNode, b: XmlNode): number {
  for (const key of keys) {
    // hrefs have no order the standard defines beyond text; numbers in them are commonly counted
    if (key === 'href') return 0;
    const path = key.replace(/^-/, '').split('.');
    const [left, right] = [textAt(a, path), textAt(b, path)];
    const order =
      /^-?\d+$/.test(left + right) && !key.includes('mRID') ? Number(left) - Number(right) : byHex(left, right);
    if (order !== 0) return key.startsWith('-') ? -order : order;
  }
  return 0;
}

const byHex = (a: string, b: string): number => {
  const [left, right] = [a.padStart(40, '0'), b.padStart(40, '0')];
  return left < right ? -1 : left > right ? 1 : 0;
};

function textAt(node: XmlNode, path: readonly string[]): string {
  let at: XmlNode | undefined = node;
  for (const name of path) at = at && childNamed(at, name);
  return at?.text.trim() ?? '';
}

/** Links are local paths and tell how many entries their list has; what asks for responses says where they go. */
export function linkFaults(node: XmlNode, at = ''): string[] {
  const path = `${at}/${node.name}`;
  const faults: string[] = [];
  const href = attribute(node, 'href');
  if (href !== undefined && !/^\/(?!\/)/.test(href)) faults.push(`${path}/@href is no local path: ${href}`);
  if (href !== undefined && Buffer.byteLength(href) > 255) faults.push(`${path}/@href is longer than 255 bytes`);
  if (node.name.endsWith('ListLink') && attribute(node, 'all') === undefined) faults.push(`${path}: no all`);
  if (Number.parseInt(attribute(node, 'responseRequired') ?? '0', 16) !== 0 && !attribute(node, 'replyTo'))
    faults.push(`${path}: responseRequired without replyTo`);
  return [...faults, ...node.children.flatMap(child => linkFaults(child, path))];
}
