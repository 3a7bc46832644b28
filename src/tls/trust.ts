import { createHash } from 'node:crypto';
import { type Cancel, type Clock, type Seconds } from '../base/clock';
import { Problem } from '../base/problem';
import { type Certificate, parseCertificate } from './certificate';
import { type AcceptedChain, type ChainVerdict, checkAgainst } from './chain';
import { canonicalLfdi, type Lfdi } from './lfdi';
import { checkCertificate, type ProfileName } from './profile-rules';
import { BadDer } from './read-der';
import { type Refusal, refuse } from './reasons';
import { pemToDer } from './pem';

export interface TrustOptions {
  clock: Clock;
  /** DER of the SERCAs to trust. */
  roots: readonly Uint8Array[];
  /** `strict` unless given. */
  profile?: ProfileName;
  /** Whether self-signed devices are let in, as such (protocol facts 1.4). No unless given. */
  selfSigned?: boolean;
  /** LFDIs that are not let in any more. */
  revoked?: Iterable<Lfdi>;
}

export interface TrustedRoot {
  /** SHA-256 over the DER, 64 upper-case hex digits. */
  readonly fingerprint: string;
  readonly der: Buffer;
  readonly notBefore: Seconds;
  readonly notAfter: Seconds;
}

/** What a verdict rests on; enough to see later whether it still stands. */
export interface Standing {
  readonly lfdi: Lfdi;
  /** Fingerprint of the root the chain led to; undefined for a self-signed device. */
  readonly root: string | undefined;
  /** Last second in which every certificate of the chain is valid. */
  readonly validUntil: Seconds;
}

interface Kept extends Standing {
  readonly verdict: AcceptedChain;
  readonly validFrom: Seconds;
}

const mostKept = 50_000;
const mostIssuers = 1_000;

/**
 * Whom a listener lets in: roots, profile and revoked LFDIs, all changeable while it runs. Accepted chains are remembered, both
 * because judging one costs a fifth of a handshake and because a resumed session may only rest on one (protocol facts 11).
 */
export class Trust {
  readonly profile: ProfileName;
  readonly selfSigned: boolean;
  private readonly clock: Clock;
  private readonly rootsByPrint = new Map<string, Certificate>();
  private readonly revokedLfdis: Set<Lfdi>;
  private readonly listeners = new Set<() => void>();
  /** By hash of the whole chain, oldest first. */
  private readonly kept = new Map<string, Kept>();
  /** Latest accepted chain of a leaf, by the leaf's fingerprint. */
  private readonly byLeaf = new Map<string, string>();
  /** CAs of accepted chains, already read, by hash. Only trusted CAs come in here, so nobody can crowd them out. */
  private readonly issuers = new Map<string, Certificate>();

  constructor({ clock, roots, profile = 'strict', selfSigned = false, revoked = [] }: TrustOptions) {
    this.clock = clock;
    this.profile = profile;
    this.selfSigned = selfSigned;
    this.revokedLfdis = new Set([...revoked].map(canonicalLfdi));
    for (const root of roots) this.insert(root);
  }

  get roots(): TrustedRoot[] {
    return [...this.rootsByPrint.values()];
  }

  get revoked(): ReadonlySet<Lfdi> {
    return this.revokedLfdis;
  }

  /** Trusts one more SERCA; answers its fingerprint. Throws BAD_CERT when it is no CA of the profile. */
  addRoot(certificate: Uint8Array | string): string {
    const print = this.insert(typeof certificate === 'string' ? onlyOne(pemToDer(certificate, 'root')) : certificate);
    this.changed();
    return print;
  }

  /** Trusts a SERCA no longer. Connections that rest on it end. False when it was not trusted. */
  removeRoot(fingerprint: string): boolean {
    if (!this.rootsByPrint.delete(fingerprint.toUpperCase())) return false;
    this.changed();
    return true;
  }

  /** Ends the device's connections and lets it in no more. */
  revoke(lfdi: Lfdi): void {
    this.revokedLfdis.add(canonicalLfdi(lfdi));
    this.changed();
  }

  reinstate(lfdi: Lfdi): boolean {
    const was = this.revokedLfdis.delete(canonicalLfdi(lfdi));
    if (was) this.changed();
    return was;
  }

  /** Calls back after each change of roots or revocations. */
  onChange(listener: () => void): Cancel {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Judges a chain as presented in a full handshake, leaf first. */
  judge(presented: readonly Uint8Array[]): ChainVerdict {
    const key = hashOf(presented);
    const kept = this.kept.get(key);
    if (kept) {
      // Not even a kept chain outlives its roots, its validity or a revocation; a clock that went back is judged again too.
      const fallen = this.fallen(kept);
      if (!fallen && this.clock.now() >= kept.validFrom) return kept.verdict;
      this.kept.delete(key);
      if (fallen) return fallen;
    }
    const verdict = checkAgainst(
      presented,
      [...this.rootsByPrint.values()],
      { profile: this.profile, now: this.clock.now(), selfSigned: this.selfSigned },
      der => this.issuers.get(hashOf([der])) ?? parseCertificate(der),
    );
    if (!verdict.ok) return verdict;
    if (this.revokedLfdis.has(verdict.lfdi)) return refuse('revoked', verdict.lfdi);
    this.keep(key, verdict);
    return verdict;
  }

  /** Judges the leaf of a resumed session: only one whose chain was accepted in a full handshake, and still would be. */
  judgeResumed(leaf: Uint8Array): ChainVerdict {
    const kept = this.kept.get(this.byLeaf.get(hashOf([leaf])) ?? '');
    if (!kept) return refuse('resumed');
    return this.fallen(kept) ?? kept.verdict;
  }

  /** Why a standing that was good no longer is; undefined when it still is. */
  fallen({ lfdi, root, validUntil }: Standing): Refusal | undefined {
    if (this.revokedLfdis.has(lfdi)) return refuse('revoked', lfdi);
    if (root !== undefined && !this.rootsByPrint.has(root)) return refuse('unknown-issuer', 'its root was retired');
    return this.clock.now() > validUntil ? refuse('expired') : undefined;
  }

  private keep(key: string, verdict: AcceptedChain): void {
    this.kept.set(key, { ...standingOf(verdict), validFrom: Math.max(...verdict.path.map(c => c.notBefore)), verdict });
    this.byLeaf.set(hashOf([verdict.leaf.der]), key);
    for (const issuer of verdict.path.slice(1)) this.issuers.set(hashOf([issuer.der]), issuer);
    if (this.issuers.size > mostIssuers) this.issuers.clear();
    if (this.kept.size <= mostKept) return;
    const [oldest] = this.kept;
    if (!oldest) return;
    this.kept.delete(oldest[0]);
    const leaf = hashOf([oldest[1].verdict.leaf.der]);
    if (this.byLeaf.get(leaf) === oldest[0]) this.byLeaf.delete(leaf);
  }

  private insert(der: Uint8Array): string {
    let root: Certificate;
    try {
      root = parseCertificate(der);
    } catch (cause) {
      if (!(cause instanceof BadDer)) throw cause;
      throw new Problem('BAD_CERT', { at: 'root', note: cause.message, cause });
    }
    // Expiry is for each chain to meet: an old root must not keep the server from starting.
    const fault = checkCertificate(root, 'root', this.profile, root.notBefore, 'root certificate');
    if (fault) throw new Problem('BAD_CERT', { at: 'root', note: fault.text });
    this.rootsByPrint.set(root.fingerprint, root);
    return root.fingerprint;
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

export function standingOf(verdict: AcceptedChain): Standing {
  return {
    lfdi: verdict.lfdi,
    root: verdict.root?.fingerprint,
    validUntil: Math.min(...verdict.path.map(certificate => certificate.notAfter)),
  };
}

function hashOf(ders: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const der of ders) hash.update(`${der.length}:`).update(der);
  return hash.digest('base64');
}

function onlyOne(ders: Buffer[]): Buffer {
  const [der, ...more] = ders;
  if (!der || more.length > 0) throw new Problem('BAD_CERT', { at: 'root', note: 'give one certificate at a time' });
  return der;
}
