import { type Metrics, noMetrics } from '../../base/metrics';
import { Problem } from '../../base/problem';
import { type Committed, type Plan, type Store } from '../api';
import { prepare, touchRows } from '../plan';
import { MemoryAudit } from './audit';
import { MemoryDocuments } from './documents';
import { MemoryOutbox } from './outbox';
import { MemoryReadings } from './readings';
import { MemorySeries } from './series';

/**
 * A store that keeps nothing after the process. Small and real: it passes the same contract as the others and serves tests,
 * simulations and demos.
 */
export function memoryStore({ metrics = noMetrics }: { metrics?: Metrics } = {}): Store {
  const documents = new MemoryDocuments();
  const series = new MemorySeries();
  const readings = new MemoryReadings();
  const outbox = new MemoryOutbox();
  const audit = new MemoryAudit();
  let open = true;
  const live = <T>(value: () => T): T => {
    if (!open) throw new Problem('STORE_BUSY', { note: 'the store is closed' });
    return value();
  };

  const commit = (plan: Plan): Committed => {
    const prepared = prepare(plan);
    const conflict = documents.conflicts(prepared);
    metrics.count('headroom_commits_total', { outcome: conflict.length > 0 ? 'conflict' : 'committed' });
    if (conflict.length > 0) return { ok: false, conflict };
    const { versions, touched } = documents.apply(prepared);
    const ids = prepared.series.map(row => series.add(row));
    for (const old of prepared.thin) readings.thin(old);
    for (const old of prepared.forgetCoarse) readings.forgetCoarse(old);
    for (const set of prepared.sets) readings.put(set);
    for (const row of prepared.readings) readings.add(row);
    for (const id of prepared.settle) outbox.remove(id);
    for (const note of prepared.enqueue) outbox.add(note);
    for (const row of prepared.audit) audit.add(row);
    touchRows(touched, prepared);
    return { ok: true, changed: Object.keys(versions), versions, series: ids, touched: [...touched].sort() };
  };

  return {
    get: async href => live(() => documents.get(href)),
    many: async hrefs => live(() => documents.many(hrefs)),
    page: async (list, query) => live(() => documents.page(list, query)),
    count: async list => live(() => documents.count(list)),
    find: async (index, key) => live(() => documents.find(index, key)),
    commit: async plan => live(() => commit(plan)),
    series,
    readings,
    outbox,
    audit,
    close: async () => {
      open = false;
    },
  };
}
