import { type Metrics } from '../../base/metrics';
import { type Store } from '../../store/api';
import { responseNames, type StoredResponse } from '../response';

export interface DeliveredResponse {
  readonly subject: string;
  readonly status: number | undefined;
  readonly createdDateTime: number | undefined;
  readonly receivedAt: number;
}

/** Every Response a site has sent, oldest first. They outlive their controls. */
export async function responsesOfSite(store: Store, edev: string): Promise<DeliveredResponse[]> {
  const docs = await store.find<StoredResponse>('site', `response/${edev}`);
  return docs
    .map(({ body: { response, receivedAt } }) => ({
      subject: response.subject,
      status: response.status,
      createdDateTime: response.createdDateTime,
      receivedAt,
    }))
    .sort((a, b) => a.receivedAt - b.receivedAt || (a.status ?? 0) - (b.status ?? 0));
}

/** Responses received by this process, by what their status is called. */
export async function responseCounts(metrics: Metrics): Promise<Record<string, number>> {
  const names = Object.values(responseNames);
  const counts = await Promise.all(names.map(status => metrics.value('headroom_responses_total', { status })));
  return Object.fromEntries(names.map((name, i) => [name, counts[i] ?? 0]));
}
