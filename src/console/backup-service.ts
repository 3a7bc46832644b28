/** What the operator API needs of backups; `server` wires it. */
export interface BackupFile {
  readonly name: string;
  readonly bytes: number;
  /** When it was made. */
  readonly at: number;
}

export interface BackupService {
  /** Oldest first. */
  list(): readonly BackupFile[];
  /** @throws Problem BAD_CONFIG for a database in memory, CONFLICT while another is made, BAD_FILE, DB_BROKEN */
  make(): Promise<BackupFile & { readonly rows: Readonly<Record<string, number>> }>;
  /** @throws Problem NO_SUCH */
  remove(name: string): void;
}
