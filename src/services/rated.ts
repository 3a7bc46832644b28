/** What a run holds sites to besides what is shared out: their contracts, and their ratings where nothing is shared out. */
import { wireWatts } from '../base/units';
import { type Snapshot } from '../engines/api';
import { type Registered, calendar, termsOf } from './products/version';
import { type Standing } from './publisher';
import { type NetResult, type SafeEnvelope } from './safety-net';

interface Rating {
  readonly importW?: number;
  readonly exportW?: number;
}

/** Ratings of sites, W, in directions that no engine shares out. */
export type Unshared = ReadonlyMap<string, Rating>;
export const noneUnshared: Unshared = new Map();

/** Step by step, for devices with a contract. */
export function deviceTerms(snapshot: Snapshot, { versions }: Standing, unshared: Unshared = noneUnshared) {
  const momentsAt = calendar();
  return new Map(
    snapshot.devices.flatMap(device => {
      const own = versions.get(device.id);
      return own
        ? [
            [
              device.id,
              termsOf(
                registeredOf(device, unshared.get(device.id)),
                own,
                { ...snapshot, notBefore: snapshot.now },
                momentsAt,
              ),
            ] as const,
          ]
        : [];
    }),
  );
}

export const registeredOf = (
  { firmExportW, firmImportW, maxExportW, maxImportW }: Registered,
  unshared: Rating = {},
): Registered => ({
  maxImportW: unshared.importW ?? maxImportW,
  maxExportW: unshared.exportW ?? maxExportW,
  firmImportW,
  firmExportW,
});

/** Puts the rating where a direction is not shared out. */
export function withRatings(net: NetResult, unshared: Unshared = noneUnshared): NetResult {
  if (unshared.size === 0) return net;
  const envelopes = net.envelopes.map((envelope): SafeEnvelope => {
    const { importW, exportW } = unshared.get(envelope.device) ?? {};
    if (importW === undefined && exportW === undefined) return envelope;
    const by = 'site rating';
    return {
      ...envelope,
      ...(importW !== undefined && { importW: envelope.importW.map(() => wireWatts(importW)) }),
      ...(exportW !== undefined && { exportW: envelope.exportW.map(() => wireWatts(exportW)) }),
      bound: envelope.bound.map(b => ({
        import: importW === undefined ? b.import : by,
        export: exportW === undefined ? b.export : by,
      })),
    };
  });
  return { ...net, envelopes };
}
