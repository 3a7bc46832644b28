/** A device port in process: memory store, manual clock, no socket. For tests. */
import { ManualClock } from '../../base/clock';
import { countingIds } from '../../base/ids';
import { keptLog } from '../../base/log';
import { promMetrics } from '../../base/metrics';
import { received } from '../../codec/testing/received';
import { behaviours } from '../../functions';
import { type House } from '../../functions/behaviour';
import { envelopeViews } from '../../functions/envelope-views';
import { addSites } from '../../functions/operator/sites';
import { type NewSite } from '../../functions/provision';
import { type DialectId } from '../../model/dialect';
import { type Store } from '../../store/api';
import { memoryStore } from '../../store/memory/store';
import { observed, type Observed } from '../../services/changes';
import { answerer } from '../answer';
import { type Answer } from '../exchange';
import { KeptAnswers } from '../kept-answers';

export const t0 = 1_790_000_000;
export const pen = 99999;
export const lfdiA = '3E4F45AB31EDFE5B67E343E5E4562E31984E23E5';
export const lfdiB = '0F3078CFDDAEE28DC20B95635DC116CC2A6D877F';
export const stranger = '9711948EBF52B988A39728F756AEAA763EFF5540';

export const house: House = {
  pen,
  pollRate: resource => resource.poll ?? 900,
  postRateS: 300,
  inBandRegistration: false,
  defaultPin: 111_115,
  timeQuality: 7,
  timeZone: 'America/Los_Angeles',
  controlWindow: 24,
  pageCap: 255,
};

export const siteA: NewSite = {
  name: 'A',
  lfdi: lfdiA,
  sfdi: 167261211391,
  role: 'device',
  pin: 111_115,
  phases: [1],
  maxImportW: 10_000,
  maxExportW: 5000,
  firmImportW: 2000,
  firmExportW: 1000,
  weight: 1,
  derType: 83,
};
export const siteB: NewSite = { ...siteA, name: 'B', lfdi: lfdiB, sfdi: 40773583337 };

export interface Asked {
  method?: string;
  accept?: string;
  contentType?: string;
  body?: string;
  lfdi?: string;
}

export function devicePort(
  more: {
    house?: Partial<House>;
    store?: Store;
    dialect?: DialectId;
    keptBytes?: number;
    clock?: ManualClock;
    changes?: Observed;
    admit?: (identity: string) => void;
    enter?: (identity: string) => () => void;
  } = {},
) {
  const changes = more.changes ?? observed(more.store ?? memoryStore());
  const { store } = changes;
  const kept = new KeptAnswers(more.keptBytes);
  const clock = more.clock ?? new ManualClock(t0);
  const log = keptLog();
  const metrics = promMetrics();
  const all: House = { ...house, ...more.house };
  const ids = countingIds();
  const answering = answerer({
    store: changes,
    kept,
    clock,
    ids,
    log,
    metrics,
    house: all,
    behaviours,
    envelopes: envelopeViews(clock, pen),
    dialect: more.dialect ?? 'csipaus-1.2',
    reading: 'lenient',
    admit: more.admit ?? (() => undefined),
    enter: more.enter ?? (() => () => undefined),
  });
  const answer: typeof answering = async asked => {
    const given = await answering(asked);
    received(given.body);
    return given;
  };
  const ask = async (
    url: string,
    {
      method = 'GET',
      accept = 'application/sep+xml',
      contentType = 'application/sep+xml',
      body = '',
      lfdi = lfdiA,
    }: Asked = {},
  ): Promise<Answer> => {
    return answer({
      id: 'r',
      method,
      url,
      accept,
      contentType,
      namesHost: true,
      peer: { lfdi, sfdi: 1 },
      body: async () => Buffer.from(body),
    });
  };
  return {
    store,
    changes,
    kept,
    clock,
    log,
    metrics,
    ids,
    house: all,
    answer,
    ask,
    add: (...sites: NewSite[]) => addSites({ store, clock, pen }, sites),
  };
}

/** The text of the first element of that name. */
export const textOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?>([^<]*)</`).exec(xml)?.[1];
/** The value of the first attribute of that name, of an element where one is named. */
export const attributeOf = (xml: string, name: string, element = '\\w+'): string | undefined =>
  new RegExp(`<${element}[^>]* ${name}="([^"]*)"`).exec(xml)?.[1];
