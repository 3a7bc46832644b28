import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { Problem } from '../base/problem';
import { type Config } from './config';

type Fields = Pick<Config, 'operatorHost' | 'operatorChain' | 'operatorKey' | 'operatorClientRoots'>;

/** Keys must not travel in the clear. @throws Problem BAD_CONFIG when they would */
export function requirePrivate({ operatorHost, operatorChain }: Fields): void {
  if (operatorChain !== '' || isLoopback(operatorHost)) return;
  throw new Problem('BAD_CONFIG', {
    at: 'operatorHost',
    got: operatorHost,
    want: 'a loopback address',
    note: 'without operatorChain and operatorKey the operator API speaks plain HTTP',
  });
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** What the operator port needs for TLS, or nothing where it speaks plain HTTP. @throws Problem BAD_CONFIG */
export function operatorTls(
  dir: string,
  { operatorChain, operatorKey, operatorClientRoots }: Omit<Fields, 'operatorHost'>,
): TlsOptions | undefined {
  if (operatorChain === '' && operatorKey === '' && operatorClientRoots === '') return undefined;
  if (operatorChain === '' || operatorKey === '')
    throw new Problem('BAD_CONFIG', {
      at: operatorChain === '' ? 'operatorChain' : 'operatorKey',
      note: 'operatorChain and operatorKey go together',
    });
  const options: TlsOptions = {
    cert: read(dir, operatorChain, 'operatorChain'),
    key: read(dir, operatorKey, 'operatorKey'),
    minVersion: 'TLSv1.2',
    ...(operatorClientRoots !== '' && {
      ca: read(dir, operatorClientRoots, 'operatorClientRoots'),
      requestCert: true,
      // Who shows none may still have a key; who shows one that leads to none of these roots is turned away.
      rejectUnauthorized: false,
    }),
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Problem('BAD_CONFIG', { at: 'operatorChain', note: `not a key and its chain: ${String(cause)}`, cause });
  }
  return options;
}

function read(dir: string, file: string, at: string): string {
  try {
    return readFileSync(resolve(dir, file), 'utf8');
  } catch (cause) {
    throw new Problem('BAD_CONFIG', { at, got: file, note: 'the file cannot be read', cause });
  }
}
