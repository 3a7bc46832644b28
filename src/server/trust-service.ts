/** Roots, revocations and the server's own certificate while the server runs. */
import { type Cancel, type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { type CertificateState, type TrustService } from '../console/trust-service';
import { revokedLfdis } from '../functions/operator/revoked';
import { storedRoots } from '../functions/operator/roots';
import { type Store } from '../store/api';
import { type Credentials, derToPem, loadServerFiles, parseCertificate, pemToDer, sfdiOf, Trust } from '../tls';
import { type ServerDeps } from './deps';

const daySeconds = 86_400;

export interface RunningTrust extends TrustService {
  readonly trust: Trust;
  /** What the server shows of itself, and who it is by that: always the latest. */
  readonly credentials: Credentials;
  readonly self: { readonly lfdi: string; readonly sfdi: number };
  /** Told of new credentials. @throws what node:tls throws when they do not fit; then the old ones stay */
  onRenewal(use: (credentials: Credentials) => void): void;
  /** Measures days left now and every day, and warns. */
  watch(): Cancel;
}

export async function trustService({
  dir,
  config,
  clock,
  log,
  metrics,
  store,
}: ServerDeps & { readonly store: Store }): Promise<RunningTrust> {
  let files = loadServerFiles(dir, config.pki);
  const ofFile = () => new Map(pemToDer(files.rootsPem, 'roots.pem').map(der => [printOf(der), der]));
  const users: ((credentials: Credentials) => void)[] = [];
  const wanted = async () => {
    const roots = new Map<string, { der: Buffer; from: 'file' | 'operator'; trusted: boolean }>();
    for (const [print, der] of ofFile()) roots.set(print, { der, from: 'file', trusted: true });
    for (const { fingerprint, pem, trusted } of await storedRoots({ store })) {
      const known = roots.get(fingerprint);
      const [der] = pemToDer(pem, 'root');
      if (der) roots.set(fingerprint, { der, from: known?.from ?? 'operator', trusted });
    }
    return roots;
  };
  const trust = new Trust({
    clock,
    roots: [...(await wanted()).values()].filter(root => root.trusted).map(root => root.der),
    profile: config.certificateProfile,
    selfSigned: config.selfSignedDevices,
    revoked: await revokedLfdis({ store }),
  });
  const stateOf = (name: string, der: Uint8Array, more: { from?: 'file' | 'operator'; trusted?: boolean } = {}) => {
    const { fingerprint, notBefore, notAfter } = parseCertificate(der);
    const daysLeft = Math.floor((notAfter - clock.now()) / daySeconds);
    const endsSoon = daysLeft < config.certificateWarnDays && more.trusted !== false;
    return { name, fingerprint, notBefore, notAfter, daysLeft, endsSoon, ...more } satisfies CertificateState;
  };

  const certificates = async () => [
    ...pemToDer(files.chainPem, 'server chain').map((der, i) => stateOf(i === 0 ? 'server' : `server CA ${i}`, der)),
    ...[...(await wanted())].map(([print, { der, from, trusted }]) =>
      stateOf(`root ${print.slice(0, 8)}`, der, { from, trusted }),
    ),
  ];
  const measure = async () => {
    for (const { name, daysLeft, endsSoon } of await certificates()) {
      metrics.set('headroom_certificate_days_left', daysLeft, { certificate: name });
      if (endsSoon) log.warn('a certificate of ours ends soon', { certificateName: name, daysLeft });
    }
  };
  const failed = (error: unknown) => log.error('certificates not looked at', { why: String(error) });

  return {
    trust,
    credentials: {
      get keyPem() {
        return files.keyPem;
      },
      get chainPem() {
        return files.chainPem;
      },
    },
    self: {
      get lfdi() {
        return files.lfdi;
      },
      get sfdi() {
        return sfdiOf(files.lfdi);
      },
    },
    certificates,
    readRoot: pem => {
      const [der, ...more] = pemToDer(pem, 'certificate');
      if (!der || more.length > 0)
        throw new Problem('BAD_VALUE', { at: 'certificate', note: 'give one certificate at a time, in PEM' });
      try {
        // A throw-away trust judges it exactly as ours will.
        return { fingerprint: new Trust({ clock, roots: [], profile: config.certificateProfile }).addRoot(der), pem };
      } catch (thrown) {
        throw thrown instanceof Problem ? new Problem('BAD_VALUE', { ...thrown.detail, at: 'certificate' }) : thrown;
      }
    },
    findRoot: async fingerprint => {
      const asked = fingerprint.toUpperCase();
      const found = [...(await wanted())].filter(([print]) => print.startsWith(asked));
      const [root] = found;
      if (!root || found.length > 1 || asked.length < 8)
        throw new Problem('NO_SUCH', { at: `root ${fingerprint}`, note: 'no root has a fingerprint that begins so' });
      return { fingerprint: root[0], pem: derToPem(root[1].der) };
    },
    changed: async () => {
      const roots = await wanted();
      const known = new Set(trust.roots.map(root => root.fingerprint));
      for (const [print, { der, trusted }] of roots) {
        if (trusted && !known.has(print)) trust.addRoot(der);
        if (!trusted && known.has(print)) trust.removeRoot(print);
      }
      for (const print of known) if (!roots.has(print)) trust.removeRoot(print);
      const revoked = new Set(await revokedLfdis({ store }));
      for (const lfdi of revoked) if (!trust.revoked.has(lfdi)) trust.revoke(lfdi);
      for (const lfdi of [...trust.revoked]) if (!revoked.has(lfdi)) trust.reinstate(lfdi);
      await measure();
    },
    renew: async () => {
      const next = loadServerFiles(dir, config.pki);
      for (const use of users) use({ keyPem: next.keyPem, chainPem: next.chainPem });
      files = next;
      await measure();
      return { lfdi: next.lfdi };
    },
    onRenewal: use => void users.push(use),
    watch: () => {
      let cancel: Cancel = () => undefined;
      const again = (): Seconds => {
        void measure().catch(failed);
        cancel = clock.at(clock.now() + daySeconds, again);
        return clock.now();
      };
      again();
      return () => cancel();
    },
  };
}

const printOf = (der: Uint8Array): string => parseCertificate(der).fingerprint;
