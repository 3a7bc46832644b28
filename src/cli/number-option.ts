import { Problem } from '../base/problem';

/** The number an option was given. @throws Problem BAD_USAGE when it is none from `min` to `max` */
export function numberOption(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Problem('BAD_USAGE', { at: name, want: `a number from ${min} to ${max}`, got: text });
  return value;
}
