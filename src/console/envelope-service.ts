/** What the operator API needs of the envelope machinery; `server` wires it to the runner. */
export interface EnvelopeImport {
  /** Id (`:edev`) of the site. */
  readonly site: string;
  readonly start: number;
  readonly stepS: number;
  readonly importW: readonly number[];
  readonly exportW: readonly number[];
}

/** What one run did, for operators and reports. */
export interface EnvelopeRun {
  readonly at: number;
  readonly outcome: string;
  readonly controlsPublished: number;
  readonly notes: readonly { readonly what: 'fallback' | 'safety-net' | 'note'; readonly text: string }[];
}

export interface EnvelopeService {
  /** Runs the engine now and publishes; the result says what was published and what fell back. */
  run(): Promise<object>;
  /** The latest runs of this process, oldest first. */
  runs(): readonly EnvelopeRun[];
  /** Publishes limits computed elsewhere, after the same safety net. */
  import(envelope: EnvelopeImport): Promise<object>;
  /** What is in force and to come at a site, and what bound it. */
  show(site: string): Promise<object>;
  /** @throws Problem BAD_VALUE when the network of the configuration has no such bus, or nothing above it has a rating */
  checkBus(bus: string, at: string): void;
  /** From now on the engine answers nothing: what a site sees when the engine dies. For drills. */
  killEngine(): void;
}
