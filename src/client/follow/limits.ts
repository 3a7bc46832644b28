/** What the modes in force mean for the power at the point of connection. */
import { type Seconds } from '../../base/clock';
import { watts } from '../../base/units';
import { type DERControlBase } from '../../model/der';
import { type Follower, type InForce } from './follower';

/**
 * Limits of active power, W, 0 or above; absent where nothing limits that direction. Import and export count at the point of
 * connection, generation and load at the device.
 */
export interface PowerLimits {
  importW?: number;
  exportW?: number;
  generationW?: number;
  loadW?: number;
  /** False where the device shall be disconnected or shall cease to energise; then `exportW` is 0. */
  connected: boolean;
}

export interface SourcedLimits extends PowerLimits {
  /** `event` where a DERControl sets any of the limits, `default` where a DefaultDERControl does, `none` otherwise. */
  source: 'event' | 'default' | 'none';
}

export interface LimitSegment extends SourcedLimits {
  from: Seconds;
  /** Absent where nothing is known to change any more. */
  to?: Seconds;
}

const hundredPercent = 10_000; // PerCent counts hundredths
const unlimited = { multiplier: 0, value: Infinity };

type PowerMode =
  'opModImpLimW' | 'opModExpLimW' | 'opModGenLimW' | 'opModLoadLimW' | 'opModMaxLimWAbsorb' | 'opModMaxLimWInject';

/**
 * Reads the limits out of the modes in force. CSIP-AUS says import and export at the connection point, the 2023 edition what may
 * be absorbed and injected; a plain 2018 server says opModMaxLimW, a share of `setMaxW` (the device's own DERSettings, W), taken
 * as an export limit. The least of several counts.
 */
export function limitsFrom(inForce: InForce, setMaxW: number): SourcedLimits {
  let source: SourcedLimits['source'] = 'none';
  const value = <M extends keyof DERControlBase>(mode: M): DERControlBase[M] | undefined => {
    const found = inForce.modes[mode];
    if (!found) return undefined;
    if (found.event) source = 'event';
    else if (source === 'none') source = 'default';
    return found.value as DERControlBase[M];
  };
  const power = (...modes: PowerMode[]) => {
    const set = modes.map(mode => value(mode) ?? unlimited);
    return Math.min(...set.map(each => Math.max(0, watts(each))));
  };
  const share = value('opModMaxLimW');
  const connected = value('opModConnect') !== false && value('opModEnergize') !== false;
  const importW = power('opModImpLimW', 'opModMaxLimWAbsorb');
  const generationW = power('opModGenLimW');
  const loadW = power('opModLoadLimW');
  const exportW = connected
    ? Math.min(
        power('opModExpLimW', 'opModMaxLimWInject'),
        share === undefined ? Infinity : (share / hundredPercent) * setMaxW,
      )
    : 0;
  return {
    ...(importW < Infinity && { importW }),
    ...(exportW < Infinity && { exportW }),
    ...(generationW < Infinity && { generationW }),
    ...(loadW < Infinity && { loadW }),
    connected,
    source,
  };
}

export function sameLimits(a: SourcedLimits, b: SourcedLimits): boolean {
  return (
    a.importW === b.importW &&
    a.exportW === b.exportW &&
    a.generationW === b.generationW &&
    a.loadW === b.loadW &&
    a.connected === b.connected &&
    a.source === b.source
  );
}

/** What is known of the limits from the follower's time on: neighbours differ. Stops after `most` segments. */
export function limitsAhead(follower: Follower, now: Seconds, setMaxW: number, most = Infinity): LimitSegment[] {
  const future = follower.fork();
  const segments: LimitSegment[] = [];
  let last: LimitSegment = { ...limitsFrom(future.inForce(), setMaxW), from: now };
  for (let at = future.next(); at !== undefined; at = future.next()) {
    future.advance(at);
    const limits = limitsFrom(future.inForce(), setMaxW);
    if (sameLimits(limits, last)) continue;
    segments.push({ ...last, to: at });
    if (segments.length >= most) return segments;
    last = { ...limits, from: at };
  }
  segments.push(last);
  return segments;
}
