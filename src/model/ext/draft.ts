import { type Simple } from '../dsl';
import { Int16, UInt16, UInt8 } from '../primitives';

/**
 * Draft 2.0.4, which clients of 2013 to 2018 speak: where its names, its order, its ranges and its numbers are not those of the
 * 2018 edition (protocol facts 8 and 10). Whatever is not named here it has as the 2018 edition has it.
 */
export const draftNamespace = 'http://ieee.org/2030.5';

/** A field the draft has in another way. Values are converted before they are written, texts before they are read. */
export interface DraftField {
  /** Ours. */
  readonly key: string;
  /** The draft's. */
  readonly name?: string;
  readonly type?: Simple;
  readonly write?: (value: unknown) => unknown;
  readonly read?: (text: string) => string;
}

const atMost =
  (most: number) =>
  (value: unknown): unknown =>
    typeof value === 'number' ? Math.min(value, most) : value;

const within16Bits = (value: unknown): unknown =>
  typeof value === 'number' ? Math.max(-32_767, Math.min(32_767, value)) : value;

const from = (key: string, name: string): DraftField => ({ key, name });
/** Hundredths of a second in 16 bits. */
const shortDelay = (key: string): DraftField => ({ key, type: UInt16, write: atMost(65_535) });

/** Power factors have a sign: negative when under-excited. 2018 has two fields instead, both without sign. */
const signed = (sign: 1 | -1) => (value: unknown) => {
  const { displacement, ...others } = value as { displacement: number };
  return { displacement: sign * displacement, ...others };
};
const overExcited = (key: string, name: string): DraftField => ({ key, name });
const underExcited = (key: string, name: string): DraftField => ({ key, name, write: signed(-1) });

/** Longest text that its clients keep: 31 bytes and a NUL. */
function shortText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  let text = value;
  while (Buffer.byteLength(text) > 31) text = [...text].slice(0, -1).join('');
  return text;
}

const enterService = [
  shortDelay('setESDelay'),
  'setESHighFreq',
  'setESHighVolt',
  'setESLowFreq',
  'setESLowVolt',
  shortDelay('setESRandomDelay'),
];

/** Types whose elements differ: all of them, in the draft's order. An element not named does not exist there. */
const elements: Readonly<Record<string, readonly (string | DraftField)[]>> = {
  AbstractDevice: [
    'ConfigurationLink',
    'DERListLink',
    'DeviceInformationLink',
    'DeviceStatusLink',
    'FileStatusLink',
    'IPInterfaceListLink',
    'lFDI',
    'LoadShedAvailabilityListLink',
    from('deviceCategory', 'loadShedDeviceCategory'),
    'LogEventListLink',
    'PowerStatusLink',
    'sFDI',
  ],
  ExternalDevice: [
    'changedTime',
    'enabled',
    'FlowReservationRequestListLink',
    'FlowReservationResponseListLink',
    'FunctionSetAssignmentsListLink',
    'RegistrationLink',
  ],
  DERCapability: [
    'modesSupported',
    from('rtgMaxA', 'rtgA'),
    'rtgAbnormalCategory',
    from('rtgMaxAh', 'rtgAh'),
    'rtgMaxChargeRateVA',
    'rtgMaxChargeRateW',
    'rtgMaxDischargeRateVA',
    'rtgMaxDischargeRateW',
    overExcited('rtgMinPFOverExcited', 'rtgMinPF'),
    underExcited('rtgMinPFUnderExcited', 'rtgMinPFNeg'),
    'rtgNormalCategory',
    'rtgOverExcitedPF',
    'rtgOverExcitedW',
    'rtgUnderExcitedPF',
    'rtgUnderExcitedW',
    from('rtgMaxVA', 'rtgVA'),
    from('rtgMaxVar', 'rtgVar'),
    from('rtgMaxVarNeg', 'rtgVarNeg'),
    from('rtgMaxW', 'rtgW'),
    from('rtgMaxWh', 'rtgWh'),
    'type',
  ],
  DERSettings: [
    'modesEnabled',
    ...enterService,
    'setGradW',
    'setMaxA',
    'setMaxAh',
    'setMaxChargeRateVA',
    'setMaxChargeRateW',
    'setMaxDischargeRateVA',
    'setMaxDischargeRateW',
    'setMaxVA',
    'setMaxVar',
    'setMaxVarNeg',
    'setMaxW',
    'setMaxWh',
    overExcited('setMinPFOverExcited', 'setMinPF'),
    underExcited('setMinPFUnderExcited', 'setMinPFNeg'),
    'setSoftGradW',
    'setVRef',
    'setVRefOfs',
    'updatedTime',
  ],
  DefaultDERControl: ['DERControlBase', ...enterService, 'setGradW', 'setSoftGradW'],
  DERControl: ['DERControlBase'],
  // Its opModFixedPF is left out: whether a positive sign means over-excited is not certain enough to command a device.
  DERControlBase: [
    'opModConnect',
    'opModEnergize',
    'opModFixedVar',
    'opModFixedW',
    'opModFreqDroop',
    'opModFreqWatt',
    'opModHFRTMustTrip',
    'opModHVRTMomentaryCessation',
    'opModHVRTMustTrip',
    'opModLFRTMustTrip',
    'opModLVRTMomentaryCessation',
    'opModLVRTMustTrip',
    'opModMaxLimW',
    'opModTargetVar',
    'opModTargetW',
    'opModVoltVar',
    'opModVoltWatt',
    'opModWattPF',
    'opModWattVar',
    'rampTms',
  ],
  DERCurve: [
    'creationTime',
    'CurveData',
    'curveType',
    'openLoopTms',
    'rampDecTms',
    'rampIncTms',
    'rampPT1Tms',
    'xMultiplier',
    'yMultiplier',
    'yRefType',
  ],
  CurveData: ['xvalue', 'yvalue'],
  PowerFactor: [
    { key: 'displacement', type: Int16, write: within16Bits, read: text => text.replace('-', '') },
    'multiplier',
  ],
  DERStatus: [
    'genConnectStatus',
    'inverterStatus',
    'localControlModeStatus',
    'manufacturerStatus',
    'operationalModeStatus',
    'readingTime',
    'stateOfChargeStatus',
    'storageModeStatus',
    'storConnectStatus',
  ],
  DeviceInformation: [
    'DRLCCapabilities',
    'functionsImplemented',
    'lFDI',
    'mfDate',
    'mfHwVer',
    'mfID',
    'mfInfo',
    'mfModel',
    'mfSerNum',
    'primaryPower',
    'secondaryPower',
    'SupportedLocaleListLink',
    'swActTime',
    'swVer',
  ],
  Subscription: [
    'Condition',
    'encoding',
    'level',
    { key: 'limit', type: UInt16, write: atMost(65_535) },
    'notificationURI',
  ],
};

/** Fields that differ wherever they stand. */
const everywhere: Readonly<Record<string, Omit<DraftField, 'key'>>> = {
  description: { write: shortText },
  pollRate: { write: atMost(32_767) },
  all: { type: UInt16, write: atMost(65_535) },
  results: { type: UInt8 },
};

const swap = (pairs: readonly (readonly [number, number])[]) => new Map(pairs.map(([draft, ours]) => [ours, draft]));
const numbers = (pairs: readonly (readonly [number, number])[], otherwise: number): Omit<DraftField, 'key'> => {
  const [back, forth] = [swap(pairs), new Map(pairs)];
  return {
    write: value => (typeof value === 'number' ? (back.get(value) ?? otherwise) : value),
    read: text => (/^\d{1,3}$/.test(text.trim()) ? `${forth.get(Number(text)) ?? Number(text)}` : text),
  };
};

/** Bit of the draft → bits of 2018. Its one fixed power factor became two. */
const modeBits: readonly (readonly [number, readonly number[]])[] = [
  [0, [23]],
  [1, [9]],
  [2, [8]],
  [3, [25]],
  [4, [24]],
  [5, [18]],
  [6, [19]],
  [7, [13]],
  [8, [14]],
  [9, [16]],
  [10, [11]],
  [11, [2]],
  [12, [3]],
  [13, [20]],
  [14, [6]],
  [15, [4, 5]],
  [16, [7]],
  [17, [22]],
  [18, [21]],
  [19, [0]],
  [20, [1]],
  [21, [26]],
];

/** `bits`, given as hex: for each set one among `map`'s first, all of its second. */
function moved(hex: string, map: readonly (readonly [readonly number[], readonly number[]])[]): string {
  const given = BigInt(`0x0${hex}`);
  const has = (bit: number) => (given >> BigInt(bit)) & 1n;
  let out = 0n;
  for (const [some, all] of map) if (some.some(has)) for (const bit of all) out |= 1n << BigInt(bit);
  return out.toString(16).toUpperCase().padStart(8, '0');
}
const isHex = (value: unknown): value is string => typeof value === 'string' && /^[0-9A-Fa-f]{0,8}$/.test(value);

/** Simple types whose numbers mean something else. */
const values: Readonly<Record<string, Omit<DraftField, 'key'>>> = {
  DERControlType: {
    write: value =>
      isHex(value)
        ? moved(
            value,
            modeBits.map(([draft, ours]) => [ours, [draft]]),
          )
        : value,
    read: text =>
      isHex(text.trim())
        ? moved(
            text.trim(),
            modeBits.map(([draft, ours]) => [[draft], ours]),
          )
        : text,
  },
  // Curves it has no number for become 255, which is reserved and so ignored.
  DERCurveType: numbers(
    [
      [0, 11],
      [1, 0],
      [2, 13],
      [3, 12],
      [4, 9],
      [5, 10],
      [6, 4],
      [7, 5],
      [8, 7],
      [9, 2],
      [10, 14],
    ],
    255,
  ),
  // 81 is a vehicle or its charger, 82 a PV system with storage; what it has no number for becomes 0, unknown.
  DERType: numbers(
    [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
      [80, 80],
      [81, 82],
      [81, 81],
      [82, 83],
    ],
    0,
  ),
};

export const draft = { elements, everywhere, values } as const;
export type Draft = typeof draft;
