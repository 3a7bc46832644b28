/**
 * Limited load profiles (LLL) and limited generation profiles (LGP) as contracts give them (envelopes reference 2.1, 2.5), read into figures.
 *
 *     LLL    seasons of months, 24 hourly figures each: the most the site may draw
 *     LGP    H24     24 hourly figures, the same all year
 *            M12x2   for each month one figure within a block of hours and one outside
 *            BLOCK   seasons of months, blocks of hours that fill the day
 *            288, 8760   for research: more than the 24 levels a year that a generation profile may have
 *
 * `figures` are floors and caps of our own making, in any form a profile file knows but single intervals.
 */
import { type Seconds } from '../../base/clock';
import { isTimeZone, offsetS } from '../../base/local-time';
import { Problem, type ProblemCode } from '../../base/problem';
import { type Values, readProfile } from '../../engines/profile';
import { type ContractVersion, type LossTerms, type Product, type Sided } from './version';

export const lgpShapes = ['H24', 'M12x2', 'BLOCK', '288', '8760'] as const;

export interface Block {
  readonly from: number;
  readonly to: number;
}

/** What is sent: a contract version before it has a number. Moments are seconds, or local dates and times of its zone. */
export interface Letter {
  readonly contract: string;
  readonly format: ContractVersion['format'];
  readonly product?: Product | undefined;
  readonly purpose?: ContractVersion['purpose'] | undefined;
  readonly effectiveAt: number | string;
  readonly endsAt?: number | string | undefined;
  readonly electsNonBridgingOn?: number | string | undefined;
  readonly timeZone?: string | undefined;
  /** Of LLL, and of LGP in BLOCK shape. */
  readonly seasons?:
    | readonly {
        readonly name?: string | undefined;
        readonly months: readonly number[];
        readonly watts?: readonly number[] | undefined;
        readonly blocks?: readonly (Block & { readonly watts: number })[] | undefined;
      }[]
    | undefined;
  readonly shape?: (typeof lgpShapes)[number] | undefined;
  /** Of LGP: 24, 288 or 8760 figures; of M12x2 twelve pairs, within the block and outside. */
  readonly watts?: readonly unknown[] | undefined;
  /** Of M12x2; 18 to 23 unless given. */
  readonly block?: Block | undefined;
  readonly firm?: Sided<unknown> | undefined;
  readonly most?: Sided<unknown> | undefined;
  readonly noticeS?: number | undefined;
  readonly loss?: LossTerms | undefined;
  readonly note?: string | undefined;
}

export type Draft = Omit<ContractVersion, 'version' | 'enteredAt' | 'enteredBy'>;

export interface Reading {
  /** Names the file or request in errors. */
  readonly at: string;
  readonly code: ProblemCode;
  /** Used where the letter names none. */
  readonly timeZone: string;
  /** What is in force in the direction the letter does not speak of; it stays so. */
  readonly carried?: Pick<ContractVersion, 'firm' | 'most'> | undefined;
}

const eveningBlock: Block = { from: 18, to: 23 };
export const mostLevels = 24;

/** @throws Problem of the code asked for, naming the field */
export function readLetter(letter: Letter, { at, code, timeZone: zone, carried }: Reading): Draft {
  const bad = (field: string, want: string, got?: unknown) =>
    new Problem(code, { at: `${at}: ${field}`, want, ...(got !== undefined && { got }) });
  const timeZone = letter.timeZone ?? zone;
  if (!isTimeZone(timeZone)) throw bad('timeZone', 'a time zone such as America/Los_Angeles', timeZone);
  const product = letter.product ?? (letter.format === 'figures' ? 'dynamic' : 'static');
  const moment = (field: 'effectiveAt' | 'endsAt' | 'electsNonBridgingOn'): Seconds | undefined => {
    const given = letter[field];
    if (given === undefined) return undefined;
    const read = typeof given === 'number' ? given : localMoment(given, timeZone);
    if (read === undefined || !Number.isInteger(read))
      throw bad(field, 'a local date such as 2026-12-01, with a time or not, or whole seconds since 1970', given);
    return read;
  };
  const effectiveAt = moment('effectiveAt') ?? 0;
  const endsAt = moment('endsAt');
  const electsNonBridgingOn = moment('electsNonBridgingOn');
  if (endsAt !== undefined && endsAt <= effectiveAt) throw bad('endsAt', 'a moment after effectiveAt', letter.endsAt);
  const purpose = letter.purpose ?? (letter.format === 'LLL' ? 'bridging' : 'non-bridging');
  const { firm, most } = figures();
  for (const direction of ['import', 'export'] as const)
    if (
      product === 'static' &&
      letter.format === 'figures' &&
      most[direction] !== undefined &&
      firm[direction] === undefined
    )
      throw bad(`most.${direction}`, 'firm figures: a static product has no others', 'most alone');
  return {
    contract: letter.contract,
    format: letter.format,
    product,
    purpose,
    ...(electsNonBridgingOn !== undefined && { electsNonBridgingOn }),
    effectiveAt,
    ...(endsAt !== undefined && { endsAt }),
    timeZone,
    firm,
    most,
    noticeS: letter.noticeS ?? 0,
    ...(letter.loss && { loss: letter.loss }),
    ...(letter.note !== undefined && { note: letter.note }),
  };

  function figures(): Pick<Draft, 'firm' | 'most'> {
    const { format } = letter;
    if (format === 'figures') return { firm: sides('firm'), most: sides('most') };
    const [mine, other] = format === 'LLL' ? (['import', 'export'] as const) : (['export', 'import'] as const);
    const profile = format === 'LLL' ? loadProfile() : generationProfile();
    const kept = (from: Sided<Values> | undefined): Sided<Values> =>
      from?.[other] === undefined ? {} : { [other]: from[other] };
    // A generation profile beside limits that vary is the most that is agreed; by itself it is the limit.
    const cap = format === 'LGP' && product !== 'static';
    return cap
      ? { firm: kept(carried?.firm), most: { ...kept(carried?.most), [mine]: profile } }
      : { firm: { ...kept(carried?.firm), [mine]: profile }, most: kept(carried?.most) };
  }

  function sides(field: 'firm' | 'most'): Sided<Values> {
    const given = letter[field] ?? {};
    return {
      ...(given.import !== undefined && { import: values(given.import, `${field}.import`) }),
      ...(given.export !== undefined && { export: values(given.export, `${field}.export`) }),
    };
  }

  /** Any form of a profile file but intervals, which say nothing of most hours. */
  function values(value: unknown, field: string): Values {
    const intervals = typeof value === 'object' && value !== null && 'form' in value && value.form === 'intervals';
    if (intervals) throw bad(`${field}.form`, 'a form that has a figure for every hour', 'intervals');
    try {
      const read = readProfile({ timeZone, default: { import: value } }, at).default?.import;
      if (read) return read;
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      const { want, got, note } = thrown.detail;
      const where = String(thrown.detail.at).replace(`${at}: default.import`, field);
      throw new Problem(code, {
        at: `${at}: ${where}`,
        ...(want !== undefined && { want }),
        ...(got !== undefined && { got }),
        ...(note !== undefined && { note }),
      });
    }
    throw bad(field, 'figures', value);
  }

  function loadProfile(): Values {
    if (!letter.seasons) throw bad('seasons', 'seasons with months and 24 figures each');
    return values({ form: 'seasons', seasons: letter.seasons.map(({ months, watts }) => ({ months, watts })) }, 'LLL');
  }

  function generationProfile(): Values {
    const { shape } = letter;
    if (shape === undefined) throw bad('shape', lgpShapes.join(', '));
    if (shape === 'M12x2') return monthsInTwo();
    if (shape === 'BLOCK') return seasonsInBlocks();
    return values({ form: shape, watts: letter.watts }, 'LGP');
  }

  function monthsInTwo(): Values {
    const { watts = [], block = eveningBlock } = letter;
    const hours = hoursOf(block, 'block');
    if (watts.length !== 12)
      throw bad('watts', 'twelve pairs: within the block, outside it', `${watts.length} of them`);
    const all = watts.flatMap((pair, month) => {
      if (!Array.isArray(pair) || pair.length !== 2)
        throw bad(`watts[${month}]`, 'a pair: within the block, outside it', pair);
      const [within, outside] = pair as [unknown, unknown];
      return Array.from({ length: 24 }, (_, hour) => (hours.has(hour) ? within : outside));
    });
    return values({ form: '288', watts: all }, 'watts');
  }

  function seasonsInBlocks(): Values {
    const seasons = letter.seasons ?? [];
    const made = seasons.map(({ blocks = [], months }, i) => {
      const watts = new Array<number | undefined>(24).fill(undefined);
      for (const [b, block] of blocks.entries())
        for (const hour of hoursOf(block, `seasons[${i}].blocks[${b}]`)) {
          if (watts[hour] !== undefined) throw bad(`seasons[${i}].blocks[${b}]`, 'each hour in one block', hour);
          watts[hour] = block.watts;
        }
      const missing = watts.indexOf(undefined);
      if (missing >= 0) throw bad(`seasons[${i}].blocks`, 'blocks that fill the day', `none for hour ${missing}`);
      return { months, watts };
    });
    const figures = seasons.reduce((n, { blocks = [] }) => n + blocks.length, 0);
    if (figures > mostLevels) throw bad('seasons', `at most ${mostLevels} figures in a year`, figures);
    return values({ form: 'seasons', seasons: made }, 'LGP');
  }

  function hoursOf({ from, to }: Block, field: string): Set<number> {
    const whole = (n: number, most: number) => Number.isInteger(n) && n >= 0 && n <= most;
    if (!whole(from, 23) || !whole(to, 24)) throw bad(field, 'hours: from 0 … 23, to 0 … 24', `${from} … ${to}`);
    const hours = new Set<number>();
    for (let h = 0; h < 24; h++) if (from < to ? h >= from && h < to : h >= from || h < to) hours.add(h);
    return hours;
  }
}

/** `2026-12-01`, `2026-12-01T06:00` in local time; with `Z` or an offset as it says. Undefined for anything else. */
export function localMoment(text: string, timeZone: string): Seconds | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (!parts) return undefined;
  const [, date = '', time = '00:00', second = '00', offset] = parts;
  const ms = Date.parse(`${date}T${time}:${second}${offset ?? 'Z'}`);
  if (Number.isNaN(ms)) return undefined;
  const s = ms / 1000;
  if (offset !== undefined) return s;
  // The offset at the moment meant, not at the moment with the same digits in UTC.
  const guess = s - offsetS(timeZone, s);
  return s - offsetS(timeZone, guess);
}
