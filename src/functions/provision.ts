/**
 * What registering a site writes: its EndDevice, Registration, one FunctionSetAssignments, one DERProgram for its envelope
 * with a DefaultDERControl that carries the firm limits, one DER with its four resources, one ResponseSet. All in one plan.
 */
import { type Seconds } from '../base/clock';
import { mridOf, type Pen } from '../base/ids';
import { Problem } from '../base/problem';
import { activePower } from '../base/units';
import { model } from '../model';
import { href } from '../model/href';
import { sortKey } from '../model/sort-key';
import { type Resource } from '../model/resource';
import { type IndexKey, type NewDoc, type Plan, type Store } from '../store/api';
import { siteHref, sitesList, sitesNamed, type Site } from './site';

/** Stored form of a FunctionSetAssignments: the wire form is a view with links and counts. */
export interface StoredFsa {
  readonly mRID: string;
  readonly description: string;
  readonly version: number;
  /** Ids (`:derp`) of the programs it assigns by itself, empty when it assigns none. */
  readonly programs: readonly string[];
  /** Group whose programs it assigns too, with those of all nodes above; see groups.ts. */
  readonly group?: string;
  /** Ids of what else it assigns, by the first segment of their path, such as `{ tp: ['7'] }`; see assigned.ts. */
  readonly assigned?: Readonly<Record<string, readonly string[]>>;
}

export interface StoredProgram {
  readonly mRID: string;
  readonly description: string;
  readonly version: number;
  readonly primacy: number;
  /** Set where the controls of this program are the envelopes of a site. */
  readonly envelopeOf?: string;
}

/** Stored limits; the wire form depends on the client's dialect. */
export interface StoredDefault {
  readonly mRID: string;
  readonly description: string;
  readonly version: number;
  readonly importW?: number;
  readonly exportW?: number;
  /** Any other mode, in wire form. */
  readonly base?: object;
  /** Ramps and enter-service settings, in wire form. */
  readonly settings?: object;
}

/** Envelopes are variable operating envelopes: 20 in the order of envelopes 6.4, below emergency orders, above static limits. */
export const envelopePrimacy = 20;

export type NewSite = Omit<Site, 'edev'>;

const seqHref = '~seq/edev';

/** Reserves `count` ids for EndDevices. The plan's `expect` makes two racing registrations retry, never share one. */
export async function reserveIds(store: Store, count: number, now: Seconds): Promise<{ first: number; plan: Plan }> {
  const seq = await store.get<{ next: number }>(seqHref);
  const first = seq?.body.next ?? 1;
  const doc: NewDoc = {
    href: seqHref,
    list: '',
    kind: '~seq',
    changed: now,
    sortKey: '',
    body: { next: first + count },
  };
  return { first, plan: { expect: { [seqHref]: seq?.version ?? 0 }, put: [doc] } };
}

interface Making {
  readonly pen: Pen;
  readonly now: Seconds;
}

/** A document of a resource, with the sort key its list wants. */
export function docOf(
  resource: Resource,
  params: Readonly<Record<string, string>>,
  body: object,
  now: Seconds,
  keys: IndexKey[] = [],
): NewDoc {
  const at = href(resource, params);
  const list = at.slice(0, at.lastIndexOf('/'));
  return { href: at, list, kind: resource.name, changed: now, sortKey: sortKey(resource, body, at), body, keys };
}

/** Index key, of index `owner`, of the assignments that name a group. */
export const memberKey = (group: string): string => `~group-members/${group}`;

/** Index key, of index `program`, of what assigns a document of another function set: `tp/tp3`. */
export const assignedKey = (root: string, id: string): string => `${root}/${id}`;

/** Index keys of everything that is assigned here. */
export const assigningKeys = ({ programs, assigned = {} }: Pick<StoredFsa, 'programs' | 'assigned'>): IndexKey[] =>
  [...programs, ...Object.entries(assigned).flatMap(([root, ids]) => ids.map(id => assignedKey(root, id)))].map(
    key => ({ index: 'program', key }),
  );

/** A FunctionSetAssignments, found by its programs and by its group. */
export function fsaDoc(params: { readonly edev: string; readonly fsa: string }, fsa: StoredFsa, now: Seconds): NewDoc {
  return docOf(model.fsa.assignments, params, fsa, now, [
    ...assigningKeys(fsa),
    ...(fsa.group === undefined ? [] : [{ index: 'owner' as const, key: memberKey(fsa.group) }]),
  ]);
}

/** An EndDevice stands in the list of who speaks for it: its manager, or itself. */
export const deviceList = (lfdi: string): string => `/edev@${lfdi}`;

export function deviceDoc(site: Site, body: object, now: Seconds): NewDoc {
  const keys: IndexKey[] = [{ index: 'lfdi', key: site.lfdi, unique: true }];
  return {
    ...docOf(model.edev.device, { edev: site.edev }, body, now, keys),
    list: deviceList(site.manager ?? site.lfdi),
  };
}

export function siteDocs(site: Site, { pen, now }: Making): NewDoc[] {
  const { edev } = site;
  const docs: NewDoc[] = [
    {
      href: siteHref(edev),
      list: sitesList,
      kind: '~site',
      changed: now,
      sortKey: edev.padStart(12, '0'),
      body: site,
      keys: [
        { index: 'name', key: site.name },
        ...(site.manager ? [{ index: 'owner' as const, key: site.manager }] : []),
      ],
    },
    deviceDoc(site, { lFDI: site.lfdi, sFDI: site.sfdi, changedTime: now, enabled: true }, now),
    docOf(model.edev.registration, { edev }, { dateTimeRegistered: now, pIN: site.pin }, now),
  ];
  if (site.role === 'aggregator') return docs;

  const program: StoredProgram = {
    mRID: mridOf(`program/${edev}`, pen),
    description: wireText(`Envelope of ${site.name}`),
    version: 0,
    primacy: envelopePrimacy,
    envelopeOf: edev,
  };
  const fsa: StoredFsa = { mRID: mridOf(`fsa/${edev}/1`, pen), description: 'Envelope', version: 0, programs: [edev] };
  const firm: StoredDefault = {
    mRID: mridOf(`default/${edev}`, pen),
    description: 'Firm limits',
    version: 0,
    importW: site.firmImportW,
    exportW: site.firmExportW,
  };
  const der = { edev, der: '1' };
  const rated = activePower(Math.max(site.maxExportW, site.maxImportW));
  docs.push(
    fsaDoc({ edev, fsa: '1' }, fsa, now),
    docOf(model.der.program, { derp: edev }, program, now),
    docOf(model.der.defaultControl, { derp: edev }, firm, now),
    docOf(model.der.der, der, {}, now),
    // The four must be there before the device has written them (protocol facts 10: a link to nothing stalls old clients).
    // They hold what registration knows; the device's own PUT replaces them (docs/choices.md).
    docOf(model.der.capability, der, { modesSupported: '00000000', rtgMaxW: rated, type: site.derType }, now),
    docOf(model.der.settings, der, { setGradW: 0, setMaxW: rated, updatedTime: now }, now),
    docOf(model.der.status, der, { readingTime: now }, now),
    docOf(model.der.availability, der, { readingTime: now }, now),
    docOf(
      model.response.set,
      { rsps: edev },
      { mRID: mridOf(`responses/${edev}`, pen), description: 'Responses to envelopes', version: 0 },
      now,
      [{ index: 'owner', key: `rsps/${edev}` }],
    ),
  );
  return docs;
}

/** Everything of a site, for `dropTree`. */
export const siteTrees = (edev: string): string[] => [
  `/edev/${edev}`,
  `/derp/${edev}`,
  `/rsps/${edev}`,
  siteHref(edev),
  `~sum/${edev}`,
  `~past/edev/${edev}`,
  `~alarm/edev/${edev}`,
  `~events/edev/${edev}`,
];

/**
 * The plan that registers sites. @throws Problem BAD_VALUE naming the field of a site that cannot be, CONFLICT when an LFDI or
 * a name is taken already.
 */
export async function planSites(
  store: Store,
  sites: readonly NewSite[],
  making: Making,
): Promise<{ sites: Site[]; plan: Plan }> {
  const names = new Set<string>();
  const lfdis = new Set<string>();
  for (const [i, site] of sites.entries()) {
    checkSite(site, sites.length > 1 ? `site ${i + 1} (${site.name})` : `site ${site.name}`);
    if (names.has(site.name) || (await sitesNamed(store, site.name)).length > 0)
      throw new Problem('CONFLICT', { at: `site ${site.name}`, note: 'a site of that name is registered already' });
    if (lfdis.has(site.lfdi) || (await store.find('lfdi', site.lfdi)).length > 0)
      throw new Problem('CONFLICT', { at: `site ${site.name}`, note: `LFDI ${site.lfdi} is registered already` });
    names.add(site.name);
    lfdis.add(site.lfdi);
  }
  const { first, plan } = await reserveIds(store, sites.length, making.now);
  const made = sites.map((site, i): Site => ({ edev: String(first + i), ...site }));
  return {
    sites: made,
    plan: { ...plan, put: [...(plan.put ?? []), ...made.flatMap(site => siteDocs(site, making))] },
  };
}

export function checkSite(site: NewSite, at: string): void {
  const fail = (field: string, want: string, got: unknown) => {
    throw new Problem('BAD_VALUE', { at: `${at}, ${field}`, want, got });
  };
  if (!/^[0-9A-F]{40}$/.test(site.lfdi)) fail('lfdi', '40 upper-case hex digits', site.lfdi);
  if (site.name.trim() === '' || site.name.length > 64) fail('name', 'a name of 1 to 64 characters', site.name);
  if (!Number.isInteger(site.pin) || site.pin < 0 || site.pin > 999_999) fail('pin', 'at most six digits', site.pin);
  for (const field of ['maxImportW', 'maxExportW', 'firmImportW', 'firmExportW', 'weight'] as const)
    if (!Number.isFinite(site[field]) || site[field] < 0) fail(field, 'a number, 0 or above', site[field]);
  if (site.firmImportW > site.maxImportW)
    fail('firmImportW', `at most maxImportW, ${site.maxImportW}`, site.firmImportW);
  if (site.firmExportW > site.maxExportW)
    fail('firmExportW', `at most maxExportW, ${site.maxExportW}`, site.firmExportW);
  if (site.role === 'device' && (site.phases.length === 0 || site.phases.some(p => ![1, 2, 3].includes(p))))
    fail('phases', 'one or more of 1, 2, 3', site.phases);
}

/** String32 of 2030.5, kept to the 31 bytes that old clients can hold. */
export function wireText(text: string): string {
  let out = '';
  for (const character of text) {
    if (Buffer.byteLength(out + character) > 31) break;
    out += character;
  }
  return out;
}
