/** Kinds of fields of the configuration: each with its default, its meaning, and what is wrong with a value. */

export interface FieldSpec<T> {
  readonly default: T;
  readonly means: string;
  /** Returns what is wrong with a value, or nothing. */
  readonly check: (value: unknown) => string | undefined;
  /** How the type reads in the documentation. */
  readonly type: string;
}

export const text = (fallback: string, means: string): FieldSpec<string> => ({
  default: fallback,
  means,
  type: 'text',
  check: v => (typeof v === 'string' ? undefined : 'a text'),
});
export const whole = (fallback: number, min: number, max: number, means: string): FieldSpec<number> => ({
  default: fallback,
  means,
  type: `whole number ${min} … ${max}`,
  check: v =>
    Number.isInteger(v) && (v as number) >= min && (v as number) <= max
      ? undefined
      : `a whole number from ${min} to ${max}`,
});
export const flag = (fallback: boolean, means: string): FieldSpec<boolean> => ({
  default: fallback,
  means,
  type: 'true or false',
  check: v => (typeof v === 'boolean' ? undefined : 'true or false'),
});
export const choice = <T extends string>(fallback: T, options: readonly T[], means: string): FieldSpec<T> => ({
  default: fallback,
  means,
  type: options.map(o => `\`${o}\``).join(' or '),
  check: v => (options.includes(v as T) ? undefined : `one of ${options.join(', ')}`),
});
export const table = (means: string, what: string): FieldSpec<Readonly<Record<string, unknown>>> => ({
  default: {},
  means,
  type: what,
  check: v => (typeof v === 'object' && v !== null && !Array.isArray(v) ? undefined : 'an object'),
});

export const timeOfDay = (fallback: string, means: string): FieldSpec<string> => ({
  default: fallback,
  means,
  type: 'time of day such as `14:00`',
  check: v =>
    typeof v === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(v) ? undefined : 'a time of day such as 14:00',
});
