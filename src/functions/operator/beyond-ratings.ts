/**
 * Settings of a DER that its own ratings do not allow (CORE-014, IEEE 2030.5-2018 10.10.4.4): a set most above the rated most, a
 * set least below the rated least, a mode enabled that is not supported. Such a PUT is taken, for the device knows best what it
 * does, and the operator is shown it.
 */
import { model } from '../../model';
import { type DERCapability, type DERSettings } from '../../model/der';
import { href } from '../../model/href';
import { type Store } from '../../store/api';

export interface Beyond {
  /** Element of DERSettings, such as `setMaxW`. */
  readonly setting: string;
  /** Element of DERCapability. */
  readonly rating: string;
  /** In the unit of the element, multipliers applied; bit maps in hex. */
  readonly set: number | string;
  readonly rated: number | string;
}

interface Scaled {
  readonly multiplier?: number;
  readonly value?: number;
  readonly displacement?: number;
}

/** The number an element stands for; undefined for what is none. */
function numberOf(field: unknown): number | undefined {
  if (typeof field !== 'object' || field === null) return undefined;
  const { multiplier = 0, value, displacement } = field as Scaled;
  const digits = value ?? displacement;
  if (digits === undefined) return undefined;
  // Dividing by a power of ten is exact where multiplying by its inexact inverse is not.
  return multiplier < 0 ? digits / 10 ** -multiplier : digits * 10 ** multiplier;
}

export function beyondRatings(capability: Partial<DERCapability>, settings: Partial<DERSettings>): Beyond[] {
  const rated = capability as Readonly<Record<string, unknown>>;
  const found: Beyond[] = [];
  for (const [setting, field] of Object.entries(settings)) {
    const bound = /^set(Max|Min)/.exec(setting)?.[1];
    const rating = setting.replace(/^set/, 'rtg');
    const [value, limit] = [numberOf(field), numberOf(rated[rating])];
    if (bound === undefined || value === undefined || limit === undefined) continue;
    // Sizes: var that is absorbed is told as a negative number.
    const out = bound === 'Max' ? Math.abs(value) > Math.abs(limit) : Math.abs(value) < Math.abs(limit);
    if (out) found.push({ setting, rating, set: value, rated: limit });
  }
  for (const [setting, rating] of [
    ['modesEnabled', 'modesSupported'],
    ['doeModesEnabled', 'doeModesSupported'],
  ] as const) {
    const [set, limit] = [(settings as Record<string, unknown>)[setting], rated[rating]];
    if (typeof set !== 'string' || typeof limit !== 'string') continue;
    if ((BigInt(`0x${set || '0'}`) & ~BigInt(`0x${limit || '0'}`)) !== 0n)
      found.push({ setting, rating, set, rated: limit });
  }
  return found;
}

/** Of the DER of a site, as it stands. */
export async function beyondRatingsOf(store: Store, edev: string): Promise<Beyond[]> {
  const at = { edev, der: '1' };
  const capability = await store.get<DERCapability>(href(model.der.capability, at));
  const settings = await store.get<DERSettings>(href(model.der.settings, at));
  return capability && settings ? beyondRatings(capability.body, settings.body) : [];
}
