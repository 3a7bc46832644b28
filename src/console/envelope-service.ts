/** What the operator API needs of the envelope machinery; `server` wires it to the runner. */
export interface EnvelopeImport {
  /** Id (`:edev`) of the site. */
  readonly site: string;
  readonly start: number;
  readonly stepS: number;
  readonly importW: readonly number[];
  readonly exportW: readonly number[];
}

export interface EnvelopeService {
  /** Runs the engine now and publishes; the result says what was published and what fell back. */
  run(): Promise<object>;
  /** Publishes limits computed elsewhere, after the same safety net. */
  import(envelope: EnvelopeImport): Promise<object>;
  /** What is in force and to come at a site, and what bound it. */
  show(site: string): Promise<object>;
  /** From now on the engine answers nothing: what a site sees when the engine dies. For drills. */
  killEngine(): void;
}
