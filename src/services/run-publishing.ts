/** The end of a run: for each site the limits that are wanted, composed with what stands, in one commit. */
import { type Snapshot } from '../engines/api';
import { basisOf } from './basis';
import { collectionDocs } from './collections';
import { controlsOf, liveControls } from './envelopes/controls';
import { overlay } from './envelopes/record';
import { type Product, type Registered, versionAt } from './products/version';
import { type Decision, type PublishedPlans, nothingStanding, publishPlans } from './publisher';
import { type Unshared, noneUnshared, registeredOf } from './rated';
import { countReductions } from './run-report';
import { type FallbackReason } from './run-result';
import { type Turning, cutTo, failedTurn, firmFor, reachOf, turnOf } from './run-turns';
import { type RunnerParts } from './runner-parts';
import { type NetResult, type SafeEnvelope } from './safety-net';
import { sumsOf } from './sums';
import { type Withdrawal, withWithdrawn } from './withdrawn';

interface Publishing extends Turning {
  readonly unshared: Unshared | undefined;
  readonly hash: string;
  readonly net: NetResult;
  readonly reasonFor: (envelope: SafeEnvelope) => FallbackReason | undefined;
  /** Whether the engine gave nothing: then no collection is published, and those published stay. */
  readonly failed: boolean;
}

export function publish(parts: RunnerParts, run: Publishing): Promise<PublishedPlans> {
  const { snapshot, hash, collection, unshared = noneUnshared } = run;
  const { host } = parts;
  const basis = basisOf(snapshot);
  const head = { engine: host.engine, inputsHash: hash };
  const devices = new Map(snapshot.devices.map(device => [device.id, device]));
  const { due } = collection;
  return publishPlans(publisherOf(parts, snapshot), async (): Promise<Decision> => {
    const standing = (await parts.standing?.()) ?? nothingStanding;
    const withdrawn = (await parts.withdrawn?.()) ?? new Map<string, Withdrawal>();
    const net = withWithdrawn(snapshot, run.net, withdrawn);
    const now = parts.clock.now();
    const stands = run.failed ? await parts.sums?.standing() : [];
    const sums = sumsOf({ ...net, snapshot, versions: standing.versions, now }, stands ?? []);
    const summed = new Map(sums.map(sum => [sum.record.aggregator, sum]));
    const all = [...net.envelopes, ...sums.map(({ envelope }) => envelope)];
    const envelopes = new Map(all.map(envelope => [envelope.device, envelope]));
    const also = await parts.sums?.plan(
      sums.map(({ record }) => record),
      now,
    );
    return {
      sites: all.map(({ device }) => device),
      standing,
      head,
      ...(also && { also }),
      ...(parts.strict !== undefined && { strict: parts.strict }),
      ...(due &&
        !run.failed && { with: (now, counts) => collectionDocs({ ...due, ...counts, ...head, publishedAt: now }) }),
      wanted: (site, rows, now) => {
        const envelope = envelopes.get(site);
        const sum = summed.get(site);
        const device = sum ? { ...sum, firmImportW: 0, firmExportW: 0 } : devices.get(site);
        if (!envelope || !device) return undefined;
        const registered = registeredOf(device, unshared.get(site));
        const versions = standing.versions.get(site) ?? [];
        const kind: Product = versionAt(versions, now)?.product ?? 'dynamic';
        const fallback = run.reasonFor(envelope);
        const origin = { ...head, ...basis(site) };
        if (fallback && kind === 'variable') return { registered };
        const next = fallback
          ? firmFor(envelope, fallback, {
              live: liveControls(controlsOf(rows, { pen: parts.pen }), now),
              now,
              snapshot,
            })
          : cutTo(envelope, snapshot, reachOf(kind, { ...run, horizonS: parts.horizonS }));
        if (!next) return { registered };
        const turn = fallback
          ? failedTurn
          : turnOf(kind, { ...run, plain: versions.length === 0, strict: parts.strict === true });
        return { registered, product: { envelope: next, origin, turn } };
      },
    };
  });
}

const publisherOf = (parts: RunnerParts, snapshot?: Snapshot) => ({
  ...parts,
  stepS: parts.stepS ?? snapshot?.stepS ?? 900,
  horizonS: parts.horizonS ?? (snapshot ? snapshot.steps * snapshot.stepS : 72 * 3600),
});

/** Composes anew what is agreed with these sites with the orders that stand now. */
export async function composeAgain(
  parts: RunnerParts,
  sites: readonly string[],
  registered: (site: string) => Registered | undefined,
): Promise<PublishedPlans> {
  const published = await publishPlans(publisherOf(parts), async (): Promise<Decision> => ({
    sites,
    standing: (await parts.standing?.()) ?? nothingStanding,
    head: { engine: overlay, inputsHash: '' },
    wanted: site => {
      const known = registered(site);
      return known && { registered: known };
    },
  }));
  countReductions(parts.metrics, published);
  if (published.controlsPublished > 0)
    parts.metrics.count('headroom_controls_published_total', { engine: overlay }, published.controlsPublished);
  return published;
}
