/**
 * What an operator's control or default must keep beyond the schema: units, ranges and links (protocol facts 3.6). The codec
 * refuses what does not fit the schema; this refuses what fits and means nothing.
 */
import { Problem } from '../../base/problem';
import { type DERControlBase, type DERCurve, type DefaultDERControl } from '../../model/der';
import { type Href } from '../../model/href';
import { curveTypes, modesOf } from '../modes';

type Fail = (field: string, want: string, got: unknown) => never;
type Rule = (value: never, field: string, fail: Fail) => void;
interface Quantity {
  readonly multiplier: number;
  readonly value: number;
}
interface FixedVar {
  readonly refType: number;
  readonly value: number;
}
interface FixedPF {
  readonly displacement: number;
  readonly multiplier: number;
}

const whole = (value: unknown, from: number, to: number): boolean =>
  Number.isInteger(value) && (value as number) >= from && (value as number) <= to;
const between =
  (from: number, to: number, unit: string): Rule =>
  (value, field, fail) => {
    if (!whole(value, from, to)) fail(field, `${unit}, ${from} to ${to}`, value);
  };

const perCent = between(0, 10_000, 'hundredths of a per cent');
const signedPerCent = between(-10_000, 10_000, 'hundredths of a per cent');

/** value × 10^multiplier with a multiplier that 2030.5 has. */
const quantity: Rule = ({ multiplier }: Quantity, field, fail) => {
  if (!whole(multiplier, -9, 9)) fail(`${field}.multiplier`, 'a power of ten from -9 to 9', multiplier);
};
const limit: Rule = (power: Quantity, field, fail) => {
  quantity(power as never, field, fail);
  if (power.value < 0) fail(`${field}.value`, 'a limit of 0 or above', power.value);
};
/** refType: 1 % of setMaxW, 2 % of setMaxVar, 3 % of statVarAvail. */
const shareOfVar =
  (share: Rule): Rule =>
  ({ refType, value }: FixedVar, field, fail) => {
    if (!whole(refType, 1, 3)) fail(`${field}.refType`, '1, 2 or 3', refType);
    share(value as never, `${field}.value`, fail);
  };
const powerFactor: Rule = ({ displacement, multiplier }: FixedPF, field, fail) => {
  if (!whole(multiplier, -9, 9)) fail(`${field}.multiplier`, 'a power of ten from -9 to 9', multiplier);
  const factor = displacement * 10 ** multiplier;
  if (!(factor > 0 && factor <= 1 + 1e-9))
    fail(`${field}.displacement`, 'a power factor above 0 and at most 1', factor);
};
const truth: Rule = (value, field, fail) => {
  if (typeof value !== 'boolean') fail(field, 'true or false', value);
};
/** A slope of 0 would be a wall. */
const droop: Rule = (value: { readonly kOF: number; readonly kUF: number }, field, fail) => {
  for (const slope of ['kOF', 'kUF'] as const)
    if (!whole(value[slope], 1, 65_535)) fail(`${field}.${slope}`, 'thousandths, 1 or more', value[slope]);
};

const rules: Readonly<Record<string, Rule>> = {
  opModConnect: truth,
  opModDeltaVar: quantity,
  opModDeltaW: quantity,
  opModEnergize: truth,
  opModExpLimW: limit,
  opModFixedPFAbsorbW: powerFactor,
  opModFixedPFInjectW: powerFactor,
  opModFixedV: signedPerCent,
  opModFixedVar: shareOfVar(signedPerCent),
  opModFixedW: signedPerCent,
  opModFreqDroop: droop,
  opModGenLimW: limit,
  opModGridConnectPermit: truth,
  opModImpLimW: limit,
  opModIslandPermit: truth,
  opModLoadLimW: limit,
  opModMaxLimPctVAAbsorb: perCent,
  opModMaxLimPctVAInject: perCent,
  opModMaxLimPctVarAbsorb: shareOfVar(perCent),
  opModMaxLimPctVarInject: shareOfVar(perCent),
  opModMaxLimPctWAbsorb: perCent,
  opModMaxLimVarAbsorb: limit,
  opModMaxLimVarInject: limit,
  opModMaxLimW: perCent,
  opModMaxLimWAbsorb: limit,
  opModMaxLimWInject: limit,
  opModStorageTargetW: quantity,
  opModTargetV: quantity,
  opModTargetVar: quantity,
  opModTargetW: quantity,
  rampTms: between(0, 65_535, 'hundredths of a second'),
};

/** The curve of a program at a href, if it is there. */
export type CurveAt = (at: Href) => Pick<DERCurve, 'curveType'> | undefined;

/** @throws Problem BAD_VALUE that names the mode and what it wants */
export function checkBase(base: DERControlBase, curveAt: CurveAt): void {
  const fail: Fail = (field, want, got) => {
    throw new Problem('BAD_VALUE', { at: `base.${field}`, want, got });
  };
  for (const [mode, value] of Object.entries(base)) {
    const wanted = curveTypes[mode];
    if (wanted !== undefined) {
      const { href } = value as { href: Href };
      const curve = curveAt(href);
      if (!curve) fail(`${mode}.href`, 'the href of a curve of this program', href);
      if (curve?.curveType !== wanted) fail(`${mode}.href`, `a curve of curveType ${wanted}`, curve?.curveType);
    } else if (mode !== '$disabled') {
      const rule = rules[mode];
      if (!rule) fail(mode, 'a control mode of 2030.5 or CSIP-AUS', mode);
      rule?.(value as never, mode, fail);
    }
  }
}

/** An event that names no mode orders nothing. */
export function checkEventBase(base: DERControlBase, curveAt: CurveAt): void {
  if (modesOf(base).length === 0)
    throw new Problem('BAD_VALUE', { at: 'base', want: 'at least one control mode', got: Object.keys(base).join() });
  checkBase(base, curveAt);
}

export type DefaultSettings = Pick<
  DefaultDERControl,
  | 'setESDelay'
  | 'setESHighFreq'
  | 'setESHighVolt'
  | 'setESLowFreq'
  | 'setESLowVolt'
  | 'setESRampTms'
  | 'setESRandomDelay'
  | 'setGradW'
  | 'setSoftGradW'
>;

const settingsRange: Readonly<Record<keyof DefaultSettings, readonly [from: number, to: number, unit: string]>> = {
  setESDelay: [0, 4_294_967_295, 'hundredths of a second'],
  setESHighFreq: [0, 65_535, 'hundredths of Hz'],
  setESHighVolt: [0, 32_767, 'hundredths of a per cent of effective voltage'],
  setESLowFreq: [0, 65_535, 'hundredths of Hz'],
  setESLowVolt: [0, 32_767, 'hundredths of a per cent of effective voltage'],
  setESRampTms: [0, 4_294_967_295, 'hundredths of a second'],
  setESRandomDelay: [0, 4_294_967_295, 'hundredths of a second'],
  setGradW: [0, 65_535, 'hundredths of a per cent of setMaxW a second, 0 for no limit'],
  setSoftGradW: [0, 65_535, 'hundredths of a per cent of setMaxW a second, 0 for no limit'],
};

/** Ramps and enter-service settings of a DefaultDERControl. @throws Problem BAD_VALUE */
export function checkSettings(settings: DefaultSettings): void {
  for (const [name, value] of Object.entries(settings)) {
    const range = (settingsRange as Readonly<Record<string, readonly [number, number, string]>>)[name];
    if (!range) throw new Problem('BAD_VALUE', { at: name, want: Object.keys(settingsRange).join(', '), got: name });
    const [from, to, unit] = range;
    if (!whole(value, from, to))
      throw new Problem('BAD_VALUE', { at: name, want: `${unit}, ${from} to ${to}`, got: value });
  }
  for (const [low, high] of [
    ['setESLowFreq', 'setESHighFreq'],
    ['setESLowVolt', 'setESHighVolt'],
  ] as const)
    if ((settings[low] ?? 0) >= (settings[high] ?? Infinity))
      throw new Problem('BAD_VALUE', { at: low, want: `less than ${high}, ${settings[high]}`, got: settings[low] });
}
