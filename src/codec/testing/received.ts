/**
 * Every body a test receives is checked against our schema: whoever asks hands it over here, and when the file of tests is done,
 * libxml2 looks at all of them at once. Importing this is all a test has to do. Test code.
 */
import { dialects, type Dialect } from '../../model/dialect';
import { printXsd } from '../print-xsd';
import { validate } from './xmllint';

/** So many documents of a file; the rest are too like the others to be worth the time. */
const most = 1500;
/** So many of the same elements and attributes. */
const mostAlike = 20;

const seen = new Map<string, Set<string>>();
let kept = 0;

/** Hands over a body that came from a server of ours; it is returned as it is. Empty bodies are none. */
export function received(body: string): string {
  if (body === '' || kept >= most) return body;
  const shape = body.replace(/>[^<]+</g, '><').replace(/"[^"]*"/g, '""');
  const alike = seen.get(shape) ?? new Set<string>();
  if (alike.size < mostAlike && !alike.has(body)) {
    alike.add(body);
    kept++;
  }
  seen.set(shape, alike);
  return body;
}

/** The dialect a document is written in, as its root tells. */
export function dialectOf(body: string): Dialect {
  const root = /<[^!?][^>]*>/.exec(body)?.[0] ?? '';
  const speaks = ({ layers, namespace, schemaVer }: Dialect): boolean =>
    root.includes(`"${namespace}"`) &&
    root.includes('schemaVer="2.2"') === (schemaVer !== undefined) &&
    [...new Set(Object.values(layers))].every(uri => uri === namespace || root.includes(`"${uri}"`));
  // Those with an extension first: a document without its namespace is one of the plain edition.
  const found = Object.values(dialects)
    .sort((a, b) => Object.keys(b.layers).length - Object.keys(a.layers).length)
    .find(speaks);
  if (!found) throw new Error(`in no dialect of ours: ${body.slice(0, 200)}`);
  return found;
}

/** What is wrong with the bodies received so far, each followed by its document; none are left. */
export async function faults(): Promise<string[]> {
  const bodies = [...seen.values()].flatMap(each => [...each]);
  seen.clear();
  kept = 0;
  const out: string[] = [];
  const groups = new Map<Dialect, string[]>();
  for (const body of bodies) {
    const dialect = dialectOf(body);
    groups.set(dialect, [...(groups.get(dialect) ?? []), body]);
  }
  for (const [dialect, documents] of groups) {
    const found = await faultsIn(documents, dialect);
    // Attributes that CSIP-AUS adds stand in no namespace, so a document that has nothing else of it does not say so.
    const doubtful = dialect.id === '2018' ? [...found.keys()] : [];
    const still = await faultsIn(doubtful, dialects['csipaus-1.3']);
    for (const [document, errors] of found)
      if (!doubtful.includes(document) || still.has(document)) out.push(...errors, `  in ${document}`);
  }
  return out;
}

async function faultsIn(documents: readonly string[], dialect: Dialect): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (documents.length === 0) return found;
  for (const error of await validate(documents, printXsd(dialect))) {
    const document = documents[Number(/^document-(\d+)\.xml/.exec(error)?.[1] ?? 0)] ?? '';
    found.set(document, [...(found.get(document) ?? []), error]);
  }
  return found;
}

afterAll(async () => {
  expect(await faults()).toEqual([]);
}, 60_000);
