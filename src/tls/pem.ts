import { Problem } from '../base/problem';

export function derToPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Every certificate in a PEM text, in order. Throws BAD_CERT, naming `at`, when there is none or one is no base64. */
export function pemToDer(pem: string, at: string): Buffer[] {
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)];
  if (blocks.length === 0) throw new Problem('BAD_CERT', { at, note: 'no certificate in PEM form in there' });
  return blocks.map(([, body = '']) => {
    const text = body.replace(/\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new Problem('BAD_CERT', { at, note: 'its PEM is damaged' });
    return Buffer.from(text, 'base64');
  });
}
