/** DERControlBase as a command line gives it: `opModExpLimW=5000`, one option for each mode. */
import { Problem } from '../base/problem';
import { activePower } from '../base/units';

/** Modes whose value is a power: a plain number is watts. */
const inWatts = /^opMod(Imp|Exp|Gen|Load)LimW$|^opMod(Storage)?TargetW$/;

/**
 * Values are JSON, such as `true`, `5000` (hundredths of a percent for opModMaxLimW) or `{"displacement":950,"excitation":true}`.
 * @throws Problem BAD_USAGE; whether there is such a mode is for the server to say
 */
export function modesOption(at: string, pairs: readonly string[]): Record<string, unknown> {
  const base: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [, name = '', text = ''] = /^(\w+)=(.+)$/s.exec(pair) ?? [];
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Problem('BAD_USAGE', { at, got: pair, want: 'MODE=VALUE, such as opModExpLimW=5000' });
    }
    base[name] = typeof value === 'number' && inWatts.test(name) ? activePower(value) : value;
  }
  return base;
}
