/**
 * What an aggregator is shown of a limit for the sum of its sites: a FunctionSetAssignments of its own EndDevice with one DERProgram, whose
 * controls are that EndDevice's envelope and whose DefaultDERControl is what is firm of all its sites together (docs/choices.md). The sites' own
 * programs have their caps.
 */
import { mridOf, type Pen } from '../base/ids';
import { model } from '../model';
import { href } from '../model/href';
import { type SumBook, type SumRecord } from '../services/sums';
import { type NewDoc, type Store } from '../store/api';
import { docOf, envelopePrimacy, fsaDoc, type StoredDefault, type StoredProgram, wireText } from './provision';
import { siteHref, siteOf } from './site';

const sumsList = '~sum';
const sumHref = (aggregator: string): string => `~sum/${aggregator}`;
/** Beside what operators assign, so that it comes and goes by itself. */
const fsa = 'sum';

/** What is published of a limit for a sum. */
interface StoredSum extends SumRecord {
  /** Counts changes of the assignment. */
  readonly version: number;
}

export async function sumRecords(store: Store): Promise<StoredSum[]> {
  const found: StoredSum[] = [];
  for (let start = 0; ; start += 500) {
    const { docs } = await store.page<StoredSum>(sumsList, { start, limit: 500 });
    found.push(...docs.map(doc => doc.body));
    if (docs.length < 500) return found;
  }
}

export function sumBook(store: Store, pen: Pen): SumBook {
  return {
    standing: () => sumRecords(store),
    plan: async (records, now) => {
      const before = new Map((await sumRecords(store)).map(record => [record.aggregator, record]));
      const expect: Record<string, number> = {};
      const put: NewDoc[] = [];
      for (const record of records) {
        const known = before.get(record.aggregator);
        before.delete(record.aggregator);
        if (known && same(known, record)) continue;
        // An aggregator that is removed meanwhile gets nothing any more.
        const site = await siteOf(store, record.aggregator);
        expect[siteHref(record.aggregator)] = site?.version ?? -1;
        put.push(...docsOf({ ...record, version: (known?.version ?? 0) + 1 }, { pen, now }));
      }
      const gone = [...before.keys()];
      return {
        expect,
        put,
        drop: gone.flatMap(edev => [sumHref(edev), href(model.fsa.assignments, { edev, fsa })]),
        dropTree: gone.map(derp => href(model.der.program, { derp })),
      };
    },
  };
}

const same = ({ version: _, ...known }: StoredSum, record: SumRecord): boolean =>
  (['aggregator', 'asset', 'firmImportW', 'firmExportW'] as const).every(field => known[field] === record[field]) &&
  known.sites.join(' ') === record.sites.join(' ');

function docsOf(sum: StoredSum, { now, pen }: { readonly pen: Pen; readonly now: number }): NewDoc[] {
  const { aggregator: edev, asset, firmExportW: exportW, firmImportW: importW, sites, version } = sum;
  const program: StoredProgram = {
    mRID: mridOf(`program/${edev}`, pen),
    description: wireText(`Sum of ${sites.length} sites, ${asset}`),
    version,
    primacy: envelopePrimacy,
    envelopeOf: edev,
  };
  const firm: StoredDefault = {
    mRID: mridOf(`default/${edev}`, pen),
    description: 'Firm limits of all together',
    version,
    importW,
    exportW,
  };
  const assignments = {
    mRID: mridOf(`fsa/${edev}/${fsa}`, pen),
    description: 'Sum of its sites',
    version,
    programs: [edev],
  };
  const responses = { mRID: mridOf(`responses/${edev}`, pen), description: 'Responses to sums', version: 0 };
  return [
    { href: sumHref(edev), list: sumsList, kind: '~sum', changed: now, sortKey: edev.padStart(12, '0'), body: sum },
    fsaDoc({ edev, fsa }, assignments, now),
    docOf(model.der.program, { derp: edev }, program, now),
    docOf(model.der.defaultControl, { derp: edev }, firm, now),
    docOf(model.response.set, { rsps: edev }, responses, now, [{ index: 'owner', key: `rsps/${edev}` }]),
  ];
}
