import { type KeyObject, verify } from 'node:crypto';
import { type Seconds } from '../base/clock';
import { type Certificate, parseCertificate, publicKeyOf } from './certificate';
import { type Lfdi, lfdiOf, type Sfdi, sfdiOf } from './lfdi';
import { checkCertificate, hasOurAlgorithms, type ProfileName, type Role } from './profile-rules';
import { BadDer } from './read-der';
import { type Refusal, refuse } from './reasons';

export interface ChainOptions {
  profile: ProfileName;
  /** Seconds since 1970. */
  now: Seconds;
  /** Accept a self-signed leaf for what self-signed devices may see (protocol facts 1.4). Off unless a listener opts in. */
  selfSigned?: boolean;
}

export interface AcceptedChain {
  readonly ok: true;
  readonly leaf: Certificate;
  readonly lfdi: Lfdi;
  readonly sfdi: Sfdi;
  /** Certificates from leaf to SERCA, both included: 2, 3 or 4; 1 for a self-signed leaf. */
  readonly depth: number;
  /** The trusted root it leads to; undefined for a self-signed leaf. */
  readonly root: Certificate | undefined;
  /** Leaf first, root last. */
  readonly path: readonly Certificate[];
}

export type ChainVerdict = AcceptedChain | Refusal;

const longestChain = 4;

/**
 * Judges a chain as presented (leaf first, the root may be left out) by RFC 5280 clause 6 and IEEE 2030.5-2018 6.11 over every
 * certificate in it. OpenSSL is not enough: it accepts chains that CSIP's COMM-004 demands to refuse.
 */
export function checkChain(
  presented: readonly Uint8Array[],
  roots: readonly Uint8Array[],
  options: ChainOptions,
): ChainVerdict {
  return checkAgainst(
    presented,
    roots.map(root => parseCertificate(root)),
    options,
  );
}

/** As `checkChain`, with roots that were read before, and a reader that may remember what it read. */
export function checkAgainst(
  presented: readonly Uint8Array[],
  roots: readonly Certificate[],
  options: ChainOptions,
  read: (der: Uint8Array) => Certificate = parseCertificate,
): ChainVerdict {
  if (presented.length === 0) return refuse('no-certificate');
  if (presented.length > longestChain) return refuse('too-long');
  const chain: Certificate[] = [];
  for (const [index, der] of presented.entries()) {
    try {
      chain.push(read(der));
    } catch (error) {
      if (!(error instanceof BadDer)) throw error;
      return refuse('not-der', `${nameAt(index)} (${error.message})`);
    }
  }
  try {
    return judge(options.profile === 'lenient' ? inOrder(chain) : chain, roots, options);
  } catch (error) {
    if (!(error instanceof BadDer)) throw error;
    return refuse('not-der', error.message);
  }
}

function judge(presented: Certificate[], roots: readonly Certificate[], options: ChainOptions): ChainVerdict {
  const [leaf] = presented;
  if (!leaf) return refuse('no-certificate');
  if (leaf.issuer.equals(leaf.subject)) return judgeSelfSigned(leaf, options); // both may be empty

  // Algorithms come before signatures, so that no key or hash of another kind is ever put to use.
  const path = withRoot(presented, roots);
  if ('reason' in path) return path;
  if (path.length > longestChain) return refuse('too-long');
  const faults = path.map((certificate, index) =>
    checkCertificate(certificate, roleAt(index, path.length), options.profile, options.now, nameAt(index, path.length)),
  );
  const fault = faults.find(found => found !== undefined);
  if (fault) return fault;
  for (const [index, certificate] of path.entries()) {
    const issuer = path[index + 1];
    if (!issuer) break;
    const about = nameAt(index, path.length);
    if (!signedBy(certificate, issuer)) return refuse('bad-signature', about);
    if (options.profile === 'strict' && !keyIdentifiersAgree(certificate, issuer))
      return refuse('key-identifier', about);
    const limit = issuer.basicConstraints?.pathLength;
    // CAs between the issuer and the leaf; none of ours is self-issued, so all count (RFC 5280 6.1.4 l).
    if (limit !== undefined && index > limit) return refuse('path-length', nameAt(index + 1, path.length));
  }
  return accepted(leaf, path, path.at(-1));
}

/** The presented chain led to a trusted root by names; a root presented at the end is the trusted one or no root at all. */
function withRoot(presented: Certificate[], roots: readonly Certificate[]): Certificate[] | Refusal {
  for (const [index, certificate] of presented.entries()) {
    const issuer = presented[index + 1];
    if (issuer && !certificate.issuer.equals(issuer.subject)) return refuse('name-chaining', nameAt(index));
  }
  const last = presented.at(-1) as Certificate;
  if (presented.length > 1 && roots.some(root => root.der.equals(last.der))) return presented;
  const named = roots.filter(root => root.subject.equals(last.issuer));
  // Two roots may share a name when one is being replaced: take the one whose key signed, else the first, to say why not.
  const root =
    named.find(candidate => hasOurAlgorithms(candidate) && hasOurAlgorithms(last) && signedBy(last, candidate)) ??
    named[0];
  return root ? [...presented, root] : refuse('unknown-issuer', nameAt(presented.length - 1));
}

function judgeSelfSigned(leaf: Certificate, options: ChainOptions): ChainVerdict {
  if (!options.selfSigned) return refuse('self-signed');
  const fault = checkCertificate(leaf, 'self-signed', options.profile, options.now, 'self-signed certificate');
  if (fault) return fault;
  return signedBy(leaf, leaf) ? accepted(leaf, [leaf], undefined) : refuse('bad-signature', 'self-signed certificate');
}

function accepted(leaf: Certificate, path: readonly Certificate[], root: Certificate | undefined): AcceptedChain {
  const lfdi = lfdiOf(leaf.der);
  return { ok: true, leaf, lfdi, sfdi: sfdiOf(lfdi), depth: path.length, root, path };
}

const keys = new WeakMap<Certificate, KeyObject>();
const signers = new WeakMap<Certificate, Certificate>();

/** Remembered for as long as the two objects live: the same intermediates come with every device of a fleet. */
function signedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (signers.get(certificate) === issuer) return true;
  const key = keys.get(issuer) ?? publicKeyOf(issuer);
  keys.set(issuer, key);
  const good = verify('sha256', certificate.tbs, { key, dsaEncoding: 'der' }, certificate.signature);
  if (good) signers.set(certificate, issuer);
  return good;
}

/** TLS 1.2 demands leaf first, each next one certifying the one before (RFC 5246 7.4.2); some lab clients do not care. */
function inOrder(presented: readonly Certificate[]): Certificate[] {
  const path = presented.slice(0, 1);
  for (let last = path[0]; last; last = path.at(-1)) {
    const { issuer } = last;
    const next = presented.find(candidate => candidate.subject.equals(issuer) && !path.includes(candidate));
    if (!next || last.issuer.equals(last.subject)) break;
    path.push(next);
  }
  return path;
}

function keyIdentifiersAgree(certificate: Certificate, issuer: Certificate): boolean {
  const { authorityKeyId } = certificate;
  return !authorityKeyId || !issuer.subjectKeyId || authorityKeyId.equals(issuer.subjectKeyId);
}

function roleAt(index: number, length: number): Role {
  if (index === 0) return 'leaf';
  return index === length - 1 ? 'root' : 'intermediate';
}

function nameAt(index: number, length?: number): string {
  if (index === 0) return 'leaf certificate';
  return index + 1 === length ? 'root certificate' : `certificate ${index + 1} of the chain`;
}
