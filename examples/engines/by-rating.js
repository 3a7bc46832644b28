'use strict';
/**
 * An engine to copy: shares what each transformer or line has left in proportion to the ratings of the sites below it.
 *
 * Plain CommonJS, so that a checkout runs it as it is. Name it in the configuration of a server, by a path relative to that
 * file, and options are its own:
 *
 *     "engine": "../examples/engines/by-rating.js", "engineOptions": { "reserve": 0.05 }
 *
 * An engine gets a snapshot, plain frozen data, and answers with one envelope for each device: an import and an export limit in
 * watts for every step, with the constraint that set it. It knows no clock and no network, and never waits. What it
 * answers is checked before anything is published (docs/engines.md).
 *
 * @typedef {import('../../src/engines/api').Asset} Asset
 * @typedef {import('../../src/engines/api').Device} Device
 * @typedef {import('../../src/engines/api').Engine} Engine
 * @typedef {import('../../src/engines/api').Envelope} Envelope
 * @typedef {import('../../src/engines/api').Snapshot} Snapshot
 */

/** The version of the seam this module was written for. */
exports.api = 1;

/**
 * Makes the engine. Options come straight from the configuration: check them, for nobody else can.
 * @type {import('../../src/engines/api').EngineFactory}
 */
exports.engine = options => {
  const { reserve = 0.05, ...others } = /** @type {{ reserve?: number }} */ (options ?? {});
  if (typeof reserve !== 'number' || !(reserve >= 0 && reserve < 1))
    throw new Error(`engineOptions.reserve: want a share from 0 to below 1, got ${reserve}`);
  if (Object.keys(others).length > 0)
    throw new Error(`engineOptions: by-rating knows only reserve, got ${Object.keys(others)}`);
  return { name: 'by-rating', api: 1, compute: (snapshot, signal) => compute(snapshot, reserve, signal) };
};

/**
 * @param {Snapshot} snapshot
 * @param {number} reserve share of headroom kept back, for losses and surprises
 * @param {AbortSignal} signal
 * @returns {Envelope[]}
 */
function compute(snapshot, reserve, signal) {
  const gates = gatesOf(snapshot);
  const envelopes = snapshot.devices.map(device => ({
    device: device.id,
    importW: /** @type {number[]} */ ([]),
    exportW: /** @type {number[]} */ ([]),
    bound: /** @type {{ import: string, export: string }[]} */ ([]),
  }));
  for (let step = 0; step < snapshot.steps; step++) {
    signal.throwIfAborted();
    for (const gate of gates) {
      gate.importShare = shareOf(gate, 'import', step, reserve);
      gate.exportShare = shareOf(gate, 'export', step, reserve);
    }
    snapshot.devices.forEach((device, k) => {
      const above = gates.filter(gate => gate.devices.includes(device));
      const imported = limitOf(device.firmImportW, device.maxImportW, above, gate => gate.importShare);
      const exported = limitOf(device.firmExportW, device.maxExportW, above, gate => gate.exportShare);
      envelopes[k].importW.push(imported.watts);
      envelopes[k].exportW.push(exported.watts);
      envelopes[k].bound.push({ import: imported.by, export: exported.by });
    });
  }
  return envelopes;
}

/**
 * An asset over all phases, or one phase of it, with the devices that draw on it.
 * @typedef {{ name: string, asset: Asset, phase?: 1 | 2 | 3, devices: readonly Device[], importShare: number, exportShare: number }} Gate
 */

/** @param {Snapshot} snapshot @returns {Gate[]} */
function gatesOf({ assets, devices }) {
  const parents = new Map(assets.map(asset => [asset.id, asset.parent]));
  /** @param {string} place @param {string} ancestor */
  const isBelow = (place, ancestor) => {
    for (let at = /** @type {string | undefined} */ (place); at !== undefined; at = parents.get(at))
      if (at === ancestor) return true;
    return false;
  };
  return assets.flatMap(asset => {
    const below = devices.filter(device => isBelow(device.asset, asset.id));
    return /** @type {(undefined | 1 | 2 | 3)[]} */ ([undefined, 1, 2, 3]).map(phase => ({
      name: `${asset.kind} ${asset.id}${phase ? ` phase ${phase}` : ''}`,
      asset,
      phase,
      devices: phase ? below.filter(device => device.phases.includes(phase)) : below,
      importShare: 0,
      exportShare: 0,
    }));
  });
}

/**
 * The share of its rating above firm that every device below a gate may use, 0 … 1: room over what they could ask for.
 * @param {Gate} gate @param {'import' | 'export'} direction @param {number} step @param {number} reserve
 */
function shareOf({ asset, phase, devices }, direction, step, reserve) {
  const passive = phase ? asset.passiveByPhase[phase - 1] : asset.passive;
  const ratingVA = (phase ? asset.phaseRatingVA : asset.ratingVA) * asset.loadingFactor;
  const activeW = Math.sqrt(Math.max(0, ratingVA ** 2 - passive.var[step] ** 2));
  const headroomW = direction === 'import' ? activeW - passive.highW[step] : activeW + passive.lowW[step];
  let firmW = 0;
  let askW = 0;
  for (const device of devices) {
    const part = phase ? 1 / device.phases.length : 1;
    const [firm, max] =
      direction === 'import' ? [device.firmImportW, device.maxImportW] : [device.firmExportW, device.maxExportW];
    firmW += part * firm;
    askW += part * Math.max(0, max - firm);
  }
  const roomW = headroomW * (1 - reserve) - firmW;
  if (!(roomW > 0)) return 0;
  return roomW >= askW ? 1 : roomW / askW;
}

/**
 * Firm, plus the smallest share that the gates above allow of the rest.
 * @param {number} firmW @param {number} maxW @param {Gate[]} above @param {(gate: Gate) => number} share
 */
function limitOf(firmW, maxW, above, share) {
  let by = 'site rating';
  let least = 1;
  for (const gate of above)
    if (share(gate) < least) {
      least = share(gate);
      by = gate.name;
    }
  // The wire cannot carry every firm limit either: it is rounded down like all others.
  const watts = toWire(firmW + Math.max(0, maxW - firmW) * least + 1e-6);
  return { watts: Math.min(toWire(maxW), Math.max(toWire(firmW), watts)), by };
}

/** Whole watts that 2030.5 can carry: five digits at most and a power of ten, rounded down. @param {number} watts */
function toWire(watts) {
  let unit = 1;
  while (watts / unit > 32767) unit *= 10;
  return Math.floor(watts / unit) * unit;
}
