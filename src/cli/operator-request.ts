/** One request to an operator API, plain or over TLS with the certificate that the folder's configuration names. */
import { request as plain, type IncomingMessage } from 'node:http';
import { request as secure } from 'node:https';
import { type TLSSocket } from 'node:tls';
import { Problem } from '../base/problem';

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** DER of the certificate the server must show; whose key it is, is ours to know: we read it from its folder. */
  readonly pinned?: Buffer | undefined;
}

export interface Got {
  readonly status: number;
  readonly text: string;
}

/** @throws Problem CANNOT_REACH */
export function operatorRequest({ method, url, headers, body, pinned }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const fail = (note: string, cause?: unknown) =>
      reject(new Problem('CANNOT_REACH', { at: new URL(url).origin, note, cause }));
    const heard = (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', cause => fail('the operator API broke off its answer', cause));
    };
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length } };
    const call = url.startsWith('https:')
      ? secure(url, { ...options, rejectUnauthorized: false, agent: false }, heard)
      : plain(url, { ...options, agent: false }, heard);
    call.on('error', cause => fail('the operator API does not answer', cause));
    if (!url.startsWith('https:')) {
      call.end(body);
      return;
    }
    call.once('socket', socket =>
      socket.once('secureConnect', () => {
        const { raw } = (socket as TLSSocket).getPeerCertificate() as { raw?: Buffer };
        // Nothing is sent before it is known who listens: the request carries the key.
        if (pinned && raw?.equals(pinned)) call.end(body);
        else call.destroy(new Error('it shows another certificate than operatorChain'));
      }),
    );
  });
}
