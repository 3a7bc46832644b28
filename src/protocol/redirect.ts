import { type RequestListener } from 'node:http';

const hostPattern = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Plain HTTP, only to send clients to the port that speaks TLS (CORE-002, protocol facts 2.2): 301 with the same path there.
 * Nothing is ever answered from the store here, and nothing a client sends is read.
 */
export function redirectHandler(tlsPort: () => number): RequestListener {
  return (req, res) => {
    const answer = (status: number, headers: Record<string, string> = {}) => {
      req.resume();
      res.writeHead(status, { ...headers, 'Content-Length': '0' });
      res.end();
    };
    const { method = '', url = '', headers } = req;
    if (!headers.host || !hostPattern.test(headers.host) || !url.startsWith('/')) return answer(400);
    if (method !== 'GET' && method !== 'HEAD') return answer(405, { Allow: 'GET, HEAD' });
    const host = headers.host.replace(/:\d+$/, '');
    const port = tlsPort() === 443 ? '' : `:${tlsPort()}`;
    return answer(301, { Location: `https://${host}${port}${url}` });
  };
}
