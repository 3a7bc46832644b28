/**
 * Limits from a profile file: a static operating envelope, as limited load letters and limited generation profiles are. It
 * knows nothing of the network; a profile that would overload an asset is cut by the safety net, and counted there.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '../base/problem';
import { wireWatts } from '../base/units';
import { type Device, type Engine, type EngineFactory, type Notice, type Snapshot } from './api';
import { type Direction, directions } from './headroom-formula';
import { readOptions } from './options';
import { type Moment, type Profile, lowestW, momentsOf, readProfile } from './profile';
import { profileFromCsv } from './profile-csv';

export const staticProfile: EngineFactory = (options, place) => {
  const read = readOptions('static', options);
  const file = path.resolve(place?.baseDir ?? '.', read.text('file'));
  const timeZone = read.optionalText('timeZone');
  read.done();
  const profile = loadProfile(file, timeZone);
  return {
    name: 'static',
    api: 1,
    guards: 'sites',
    compute: (snapshot, signal) => {
      signal.throwIfAborted();
      return apply(profile, snapshot);
    },
  } satisfies Engine;
};

/** Reads a profile file: CSV when its name ends so, JSON otherwise. @throws Problem BAD_PROFILE naming file, field or line. */
export function loadProfile(file: string, timeZone?: string): Profile {
  const name = path.basename(file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Problem('BAD_PROFILE', { at: file, note: 'the file cannot be read', cause });
  }
  if (/\.csv$/i.test(file)) return readProfile(profileFromCsv(text, name), name, timeZone);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Problem('BAD_PROFILE', { at: file, note: `not JSON: ${(cause as Error).message}`, cause });
  }
  return readProfile(json, name, timeZone);
}

function apply(profile: Profile, snapshot: Snapshot) {
  const moments = Array.from({ length: snapshot.steps }, (_, step) => {
    const from = snapshot.start + step * snapshot.stepS;
    return momentsOf(profile.timeZone, from, from + snapshot.stepS);
  });
  const notices: Notice[] = [];
  const envelopes = snapshot.devices.map(device => {
    const [imports, exports] = directions.map(direction => oneWay(profile, device, direction, moments, notices));
    const bound = moments.map((_, i) => ({ import: imports?.bound[i] ?? '', export: exports?.bound[i] ?? '' }));
    return { device: device.id, importW: imports?.limitW ?? [], exportW: exports?.limitW ?? [], bound };
  });
  return { envelopes, notices };
}

function oneWay(
  profile: Profile,
  device: Device,
  direction: Direction,
  moments: readonly (readonly Moment[])[],
  notices: Notice[],
) {
  const isImport = direction === 'import';
  const maxW = wireWatts(isImport ? device.maxImportW : device.maxExportW);
  const firmW = Math.min(wireWatts(isImport ? device.firmImportW : device.firmExportW), maxW);
  const values = profile.devices[device.id]?.[direction] ?? profile.default?.[direction];
  const limitW: number[] = [];
  const bound: string[] = [];
  let below = 0;
  for (const pieces of moments) {
    const given = values && lowestW(values, pieces);
    const w = given === undefined ? firmW : wireWatts(Math.min(given, maxW));
    if (w < firmW) below++;
    limitW.push(Math.max(w, firmW));
    bound.push(
      given === undefined ? 'firm, no profile' : w < firmW ? 'firm' : given > maxW ? 'site rating' : 'profile',
    );
  }
  if (below > 0)
    notices.push({
      code: 'remark',
      device: device.id,
      direction,
      text: `the ${direction} profile of ${device.id} is below its firm limit of ${firmW} W in ${below} steps; firm is kept`,
    });
  return { limitW, bound };
}
