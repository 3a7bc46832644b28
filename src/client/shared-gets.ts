/**
 * One connection for many devices of an aggregator: what several of them ask for at the same moment is asked for once. The
 * connection is the aggregator's and outlives each device.
 */
import { type Transport, type TransportRequest, type TransportResponse } from './transport';

export class SharedGets {
  readonly transport: Transport;
  private readonly open = new Map<string, Promise<TransportResponse>>();

  constructor(own: Transport) {
    this.transport = {
      send: request => (request.method === 'GET' ? this.get(own, request) : own.send(request)),
      ...(own.origin !== undefined && { origin: own.origin }),
      ...(own.at && { at: origin => own.at?.(origin) ?? own }),
    };
  }

  /** Something changed: what is on its way may be old already, so whoever asks from now on asks anew. */
  forget(): void {
    this.open.clear();
  }

  private get(own: Transport, request: TransportRequest): Promise<TransportResponse> {
    const known = this.open.get(request.path);
    if (known) return known;
    const answer = own.send(request).finally(() => {
      if (this.open.get(request.path) === answer) this.open.delete(request.path);
    });
    this.open.set(request.path, answer);
    return answer;
  }
}
