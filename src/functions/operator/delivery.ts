import { type Store } from '../../store/api';
import { type StoredResponse } from '../response';

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
