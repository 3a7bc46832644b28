/** What the operator API needs of trust; `server` wires it. */
export interface CertificateState {
  /** `server`, or `root` and the beginning of its fingerprint. */
  readonly name: string;
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Below 0 when it has expired. */
  readonly daysLeft: number;
  /** Whether it is one of ours that has, or soon will have, expired. */
  readonly endsSoon: boolean;
  /** Of a root: where it comes from, and whether it is trusted. */
  readonly from?: 'file' | 'operator';
  readonly trusted?: boolean;
}

export interface TrustService {
  /** The server's certificates and every root there is or was. */
  certificates(): Promise<readonly CertificateState[]>;
  /** Reads one root. @throws Problem BAD_VALUE when it is no SERCA of the profile */
  readRoot(pem: string): { readonly fingerprint: string; readonly pem: string };
  /** The root of that fingerprint, or of its beginning, 8 digits at least. @throws Problem NO_SUCH */
  findRoot(fingerprint: string): Promise<{ readonly fingerprint: string; readonly pem: string }>;
  /** Follows what the store says of roots and revocations. Connections that rest on what is gone end. */
  changed(): Promise<void>;
  /** Reads the server's key and chain from their files; new connections are served with them. @throws Problem BAD_CERT */
  renew(): Promise<{ readonly lfdi: string }>;
}
