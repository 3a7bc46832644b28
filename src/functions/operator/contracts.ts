/**
 * Contract versions of a site (services/products): entered once, never changed, each audited with the request that enters it. The head holds
 * what is wanted often, so that a poll of DefaultDERControl does not read profiles of a whole year.
 */
import { type Seconds } from '../../base/clock';
import { Problem } from '../../base/problem';
import {
  labelOf,
  leastW,
  lowestW,
  mostW,
  versionAt,
  type ContractVersion,
  type LossTerms,
  type Product,
  type Values,
} from '../../services/products/version';
import { readLetter, type Letter } from '../../services/products/letter';
import { type NewDoc, type Store } from '../../store/api';
import { apply } from '../behaviour';
import { wholeListOf } from '../issued-controls';
import { siteHref, siteOf, type Site } from '../site';
import { noSite, type OperatorDeps } from './sites';

/** What is wanted of a version often. */
export interface VersionFacts {
  readonly version: number;
  readonly contract: string;
  readonly product: Product;
  readonly purpose: ContractVersion['purpose'];
  readonly effectiveAt: Seconds;
  readonly endsAt?: Seconds;
  /** The lowest firm figure of any hour, W; missing where what the site was registered with holds. */
  readonly leastFirmImportW?: number;
  readonly leastFirmExportW?: number;
  readonly loss?: LossTerms;
}

export interface ContractHead {
  readonly edev: string;
  readonly versions: readonly VersionFacts[];
}

export const contractHeads = '~contracts';
/** Below the site's own document, so that they go with it. */
export const contractHeadHref = (edev: string): string => `${siteHref(edev)}/contracts`;
export const contractList = (edev: string): string => `~contract/${edev}`;

export async function contractHead(store: Store, edev: string): Promise<ContractHead | undefined> {
  return (await store.get<ContractHead>(contractHeadHref(edev)))?.body;
}

/** Oldest first. */
export async function contractsOf(store: Store, edev: string): Promise<ContractVersion[]> {
  return (await wholeListOf<ContractVersion>(store, contractList(edev))).map(({ body }) => body);
}

/** Versions of all sites that have any. Versions never change, so those read once are kept. */
export function contractsReader(): (store: Store) => Promise<ReadonlyMap<string, readonly ContractVersion[]>> {
  const known = new Map<string, readonly ContractVersion[]>();
  return async store => {
    const heads = await wholeListOf<ContractHead>(store, contractHeads);
    const found = new Map<string, readonly ContractVersion[]>();
    for (const { body } of heads) {
      const before = known.get(body.edev);
      const versions = before?.length === body.versions.length ? before : await contractsOf(store, body.edev);
      known.set(body.edev, versions);
      found.set(body.edev, versions);
    }
    return found;
  };
}

/** Enters the next version. @throws Problem NO_SUCH, BAD_VALUE naming the field */
export async function addContract(
  { store, clock }: OperatorDeps,
  edev: string,
  letter: Letter,
  { by, timeZone }: { readonly by: string; readonly timeZone: string },
): Promise<ContractVersion> {
  let made: ContractVersion | undefined;
  await apply(store, async () => {
    const now = clock.now();
    const site = (await siteOf(store, edev))?.body;
    if (!site || site.role !== 'device') throw noSite(edev);
    const head = await store.get<ContractHead>(contractHeadHref(edev));
    const before = await contractsOf(store, edev);
    const reading = { at: `contract of ${site.name}`, code: 'BAD_VALUE' as const, timeZone };
    const first = readLetter(letter, reading);
    const carried = versionAt(before, Math.max(first.effectiveAt, now));
    const draft = carried ? readLetter(letter, { ...reading, carried }) : first;
    const version: ContractVersion = { ...draft, version: before.length + 1, enteredAt: now, enteredBy: by };
    check(site, version, { now, first: before.length === 0 });
    made = version;
    const facts = [...(head?.body.versions ?? []), factsOf(version)];
    return {
      status: 201,
      plan: {
        expect: { [contractHeadHref(edev)]: head?.version ?? 0 },
        put: [headDoc({ edev, versions: facts }, now), versionDoc(edev, version)],
      },
    };
  });
  if (!made) throw new Problem('BUG', { at: 'addContract' });
  return made;
}

function factsOf({
  contract,
  effectiveAt,
  endsAt,
  firm,
  loss,
  product,
  purpose,
  version,
}: ContractVersion): VersionFacts {
  return {
    version,
    contract,
    product,
    purpose,
    effectiveAt,
    ...(endsAt !== undefined && { endsAt }),
    ...(firm.import && { leastFirmImportW: leastW(firm.import) }),
    ...(firm.export && { leastFirmExportW: leastW(firm.export) }),
    ...(loss && { loss }),
  };
}

const headDoc = (body: ContractHead, now: Seconds): NewDoc => ({
  href: contractHeadHref(body.edev),
  list: contractHeads,
  kind: contractHeads,
  changed: now,
  sortKey: body.edev.padStart(12, '0'),
  body,
});
const versionDoc = (edev: string, body: ContractVersion): NewDoc => ({
  href: `${siteHref(edev)}/contract/${body.version}`,
  list: contractList(edev),
  kind: '~contract',
  changed: body.enteredAt,
  sortKey: String(body.version).padStart(8, '0'),
  body,
});

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Firm must fit what is agreed at most, and what the site can do, in every hour of the year. */
function check(site: Site, version: ContractVersion, { first, now }: { first: boolean; now: Seconds }): void {
  const bad = (field: string, want: string, got: unknown) =>
    new Problem('BAD_VALUE', { at: `contract of ${site.name}: ${field}`, want, got });
  if (!first && version.effectiveAt < now)
    throw bad('effectiveAt', 'now or later: what has been in force cannot be changed', version.effectiveAt);
  for (const direction of ['import', 'export'] as const) {
    const [firm, most] = [version.firm[direction], version.most[direction]];
    const ratedW = direction === 'import' ? site.maxImportW : site.maxExportW;
    if (firm && mostW(firm) > ratedW)
      throw bad(`firm.${direction}`, `at most what the site can do, ${ratedW} W`, mostW(firm));
    const registeredW = direction === 'import' ? site.firmImportW : site.firmExportW;
    const floor: Values = firm ?? { form: 'flat', watts: Math.min(registeredW, ratedW) };
    if (most) {
      const wrong = hours().find(hour => (lowestW(floor, [hour]) ?? 0) > (lowestW(most, [hour]) ?? 0));
      if (wrong)
        throw bad(
          `most.${direction}`,
          'no less than firm in any hour',
          `less in month ${wrong.month}, day ${wrong.day}, hour ${wrong.hour}`,
        );
    }
  }
}

function hours() {
  return monthDays.flatMap((days, m) =>
    Array.from({ length: days * 24 }, (_, i) => ({
      from: 0,
      to: 1,
      month: m + 1,
      day: Math.floor(i / 24) + 1,
      hour: i % 24,
    })),
  );
}

/** The version in force, as an operator reads it. */
export const contractNow = (
  head: ContractHead | undefined,
  now: Seconds,
): (VersionFacts & { label: string }) | undefined => {
  const version = head && versionAt(head.versions, now);
  return version && { ...version, label: labelOf(version) };
};
