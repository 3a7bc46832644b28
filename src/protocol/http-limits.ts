/**
 * What node:http is told of connections. Real milliseconds: against slow senders no other clock counts. An idle connection
 * outlasts the longest usual poll interval, because some clients never come back after a close (protocol facts 10).
 */
export function httpLimits({
  keepAliveS,
  requestTimeoutS,
  headersTimeoutS = 60,
  maxHeaderBytes = 16_000, // less than a TLS record: what is too long shows in the packet with the request line
}: {
  readonly keepAliveS: number;
  readonly requestTimeoutS: number;
  readonly headersTimeoutS?: number;
  readonly maxHeaderBytes?: number;
}) {
  const requestTimeout = requestTimeoutS * 1000;
  return {
    keepAlive: true,
    keepAliveTimeout: keepAliveS * 1000,
    requestTimeout,
    headersTimeout: Math.min(headersTimeoutS * 1000, requestTimeout),
    connectionsCheckingInterval: Math.min(30_000, requestTimeout / 4),
    maxHeaderSize: maxHeaderBytes,
    /** Ours to answer, with Content-Length and an Error document. */
    requireHostHeader: false,
    noDelay: true,
  };
}
