/** Shapes of operator requests. They validate, name the field that is wrong, and can be printed as JSON Schema. */
import { z } from 'zod';
import { Problem } from '../base/problem';
import { levels } from '../functions/groups';
import { dialects, type DialectId } from '../model/dialect';
import { lgpShapes } from '../services/products/letter';
import { products, type Product } from '../services/products/version';
import { operatorReasons, type ReasonCode } from '../services/reasons';
import { withdrawalReasons } from '../services/withdrawn';
import { pathId } from './shapes';

const dialect = z.enum(Object.keys(dialects) as [DialectId, ...DialectId[]]);
export const watt = z.number().min(0).max(3e13);
export const lfdi = z
  .string()
  .transform(text => text.replace(/[^0-9A-Fa-f]/g, '').toUpperCase())
  .refine(text => text.length === 40, 'want 40 hex digits');

export const newSite = z.strictObject({
  name: z.string().min(1).max(64),
  lfdi,
  role: z.enum(['device', 'aggregator']).default('device'),
  manager: lfdi.optional(),
  pin: z.number().int().min(0).max(999_999).optional(),
  dialect: dialect.optional(),
  bus: z.string().optional(),
  phases: z
    .array(z.union([z.literal(1), z.literal(2), z.literal(3)]))
    .min(1)
    .max(3)
    .default([1]),
  maxImportW: watt.default(0),
  maxExportW: watt.default(0),
  firmImportW: watt.default(0),
  firmExportW: watt.default(0),
  follows: z.enum(['import', 'export']).optional(),
  weight: z.number().positive().default(1),
  derType: z.number().int().min(0).max(255).default(0),
});
export type NewSiteInput = z.infer<typeof newSite>;

export const siteList = z.strictObject({ sites: z.array(newSite).min(1).max(10_000) });

/** Rows are judged one by one, so that one bad row does not hide the others. */
export const siteBulk = z.strictObject({
  sites: z.array(z.record(z.string(), z.unknown())).min(1).max(10_000),
  skipBad: z.boolean().default(false).describe('Register the good rows though there are bad ones'),
  dryRun: z.boolean().default(false).describe('Only judge'),
});

export const rekey = z.strictObject({ lfdi, pin: z.number().int().min(0).max(999_999).optional() });

export const announcement = newSite
  .omit({ lfdi: true, role: true, manager: true })
  .extend({ sfdi: z.number().int().min(0).max(687_194_767_359) });

export const siteChange = z.strictObject({
  name: z.string().min(1).max(64).optional(),
  pin: z.number().int().min(0).max(999_999).optional(),
  manager: lfdi.nullable().optional().describe('LFDI of the aggregator that speaks for it; null for none'),
  shown: z
    .array(z.string().max(200))
    .max(255)
    .optional()
    .describe('Sites beyond its own that are shown in its EndDeviceList, by id, name or LFDI'),
  phases: z
    .array(z.union([z.literal(1), z.literal(2), z.literal(3)]))
    .min(1)
    .max(3)
    .optional(),
  derType: z.number().int().min(0).max(255).optional(),
  dialect: dialect.optional(),
  bus: z.string().optional(),
  maxImportW: watt.optional(),
  maxExportW: watt.optional(),
  firmImportW: watt.optional(),
  firmExportW: watt.optional(),
  weight: z.number().positive().optional(),
});

export const primacy = z.number().int().min(0).max(255);
export const names = z.array(z.string().min(1).max(200)).max(10_000);

export const newProgram = z.strictObject({
  description: z.string().max(32).default('Program'),
  /** May be left out where the first group has a level: then that of the level. */
  primacy: primacy.optional(),
  sites: names.default([]),
  groups: names.default([]),
});
export const programChange = z.strictObject({
  description: z.string().max(32).optional(),
  primacy: primacy.optional(),
});
/** By program: a swap of primacies is one change. */
export const programChanges = z.strictObject({ programs: z.record(pathId, programChange) });
export const places = z.strictObject({ sites: names, groups: names });

export const newGroup = z.strictObject({
  name: z.string().min(1).max(64),
  level: z.enum(levels).optional(),
  parent: z.string().optional(),
});
export const groupChange = z.strictObject({ name: z.string().min(1).max(64) });
export const members = z.strictObject({ sites: names.min(1) });
const to = z.string().optional().describe('Where to; out of the tree when left out');
export const moves = z.strictObject({
  moves: z
    .array(z.union([z.strictObject({ group: z.string(), to }), z.strictObject({ site: z.string(), to })]))
    .min(1)
    .max(10_000),
});
export const assignments = z.strictObject({
  more: z
    .array(
      z.strictObject({
        description: z.string().max(32).default('Assignment'),
        programs: z.array(pathId).max(15).default([]),
      }),
    )
    .max(15),
  envelope: z.boolean().optional(),
});

/** DERControlBase in wire form; the codec refuses what the schema does not know when it is written. */
const base = z.record(z.string(), z.unknown());

const controlFields = {
  description: z.string().max(32).optional(),
  start: z.number().int(),
  durationS: z.number().int().min(1).max(4_294_967_295),
  base,
  randomizeStart: z.number().int().min(-3600).max(3600).optional(),
  randomizeDuration: z.number().int().min(-3600).max(3600).optional(),
  responseRequired: z
    .string()
    .regex(/^[0-9A-F]{2}$/)
    .optional(),
  deviceCategory: z
    .string()
    .regex(/^([0-9A-F]{2}){1,4}$/)
    .optional(),
};
export const newControl = z.strictObject(controlFields);
export const controlList = z.strictObject({ controls: z.array(newControl).min(1).max(10_000) });
export const controlChange = z.strictObject(controlFields).partial();

const setting = z.number().int().min(0).max(4_294_967_295).optional();
export const newDefault = z.strictObject({
  base,
  description: z.string().max(32).optional(),
  setESDelay: setting,
  setESHighFreq: setting,
  setESHighVolt: setting,
  setESLowFreq: setting,
  setESLowVolt: setting,
  setESRampTms: setting,
  setESRandomDelay: setting,
  setGradW: setting,
  setSoftGradW: setting,
});
export const newCurve = z.record(z.string(), z.unknown());
export const cancellation = z.strictObject({ randomized: z.boolean().default(false) });

export const operatorReason = z.enum(operatorReasons as [ReasonCode, ...ReasonCode[]]);
export const envelopeRunAsk = z.strictObject({
  reason: operatorReason
    .optional()
    .describe('Why variable limits may be lower than what was published, between two collections'),
});

const moment = z.number().int().min(0).max(4e12);
const localOrSeconds = z.union([moment, z.string().max(40)]);
const figures = z
  .union([watt, z.record(z.string(), z.unknown())])
  .describe('Watts, or a profile: H24, 288, 8760, seasons, blocks');
const sided = z.strictObject({ import: figures.optional(), export: figures.optional() });
export const newContract = z.strictObject({
  contract: z.string().min(1).max(64).describe('What the paper is called'),
  format: z.enum(['LLL', 'LGP', 'figures']),
  product: z
    .enum(products as [Product, ...Product[]])
    .optional()
    .describe('static for LLL and LGP, dynamic for figures, unless given'),
  purpose: z.enum(['bridging', 'non-bridging']).optional(),
  effectiveAt: localOrSeconds.describe('Seconds since 1970, or a local date or time such as 2026-12-01'),
  endsAt: localOrSeconds.optional().describe('Of a temporary one; what was before holds again'),
  electsNonBridgingOn: localOrSeconds.optional(),
  timeZone: z.string().max(64).optional(),
  seasons: z
    .array(
      z.strictObject({
        name: z.string().max(64).optional(),
        months: z.array(z.number().int().min(1).max(12)).min(1).max(12),
        watts: z.array(watt).max(24).optional(),
        blocks: z
          .array(
            z.strictObject({ from: z.number().int().min(0).max(23), to: z.number().int().min(0).max(24), watts: watt }),
          )
          .max(24)
          .optional(),
      }),
    )
    .max(12)
    .optional(),
  shape: z.enum(lgpShapes).optional(),
  watts: z.array(z.unknown()).max(8760).optional(),
  block: z.strictObject({ from: z.number().int().min(0).max(23), to: z.number().int().min(0).max(24) }).optional(),
  firm: sided.optional(),
  most: sided.optional(),
  noticeS: z.number().int().min(0).max(31_536_000).optional().describe('Least seconds of notice of a reduction'),
  loss: z
    .strictObject({
      firmAfterLossS: z
        .number()
        .int()
        .min(0)
        .max(72 * 3600),
      by: z.enum(['device', 'horizon']),
    })
    .optional()
    .describe('When a site that lost contact is on firm, and who sees to it'),
  note: z.string().max(200).optional(),
});

export const newOrder = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'want letters, digits, - and _')
    .optional()
    .describe('R14-n unless given'),
  target: z.strictObject({ kind: z.enum(['site', 'group', 'asset']), id: z.string().min(1).max(200) }),
  ask: z.strictObject({
    kind: z
      .enum(['each', 'together', 'reduce'])
      .describe('No site above it; their sum not above it; by so much below what they do now'),
    importW: watt.optional(),
    exportW: watt.optional(),
  }),
  reason: operatorReason,
  belowFirm: z.boolean().default(false).describe('Whether it may take sites below firm; the reason must allow it too'),
  note: z.string().max(200).optional(),
  start: moment.optional().describe('Now when left out'),
  end: moment.optional().describe('Until it is released when left out'),
  releaseS: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(600)
    .describe('Seconds over which limits come back, in three stages'),
});

export const newSwitching = z.strictObject({
  changes: z
    .array(z.strictObject({ name: z.string().min(1).max(200), to: z.enum(['open', 'closed']) }))
    .min(1)
    .max(100),
  at: moment.optional().describe('Now when left out'),
  reason: operatorReason.default('reconfiguration'),
  note: z.string().max(200).optional(),
});
export const loading = z.strictObject({
  va: z.number().min(0).max(1e12).describe('Over all phases'),
  direction: z.enum(['import', 'export']),
  at: moment.optional(),
});
export const voltage = z.strictObject({
  v: z.number().min(0).max(1e6).describe('To neutral'),
  phase: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  at: moment.optional(),
});

export const envelopeImport = z
  .strictObject({
    site: z.string(),
    start: z.number().int(),
    stepS: z.number().int().min(1).max(31_536_000),
    importW: z.array(watt).min(1).max(20_000),
    exportW: z.array(watt).min(1).max(20_000),
    reason: operatorReason
      .optional()
      .describe('Why limits may be lower than what was published; without it they may not'),
  })
  .refine(({ importW, exportW }) => importW.length === exportW.length, {
    path: ['exportW'],
    error: 'want as many steps as importW has',
  });
export const envelopeList = z.strictObject({ envelopes: z.array(envelopeImport).min(1).max(10_000) });

export const withdrawal = z.strictObject({
  reason: z.enum(withdrawalReasons),
  note: z.string().max(200).optional().describe('For people'),
  from: z.number().int().min(0).max(4e12).optional().describe('Seconds since 1970; from now on when left out'),
  until: z.number().int().min(0).max(4e12).optional().describe('Until it is restored when left out'),
});

export const pollRates = z.record(z.string(), z.number().int().min(1).max(4_294_967_295));

/** @throws Problem BAD_VALUE that names each field that is wrong */
export function parse<T extends z.ZodType>(shape: T, value: unknown, at = 'request body'): z.output<T> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const notes = meant(parsed.error.issues).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new Problem('BAD_VALUE', { at, note: notes.slice(0, 5).join('; ') });
}

type Issue = z.core.$ZodIssue;

/** Of a choice of shapes, what is wrong with the one that was meant: the one that fits best at its first level. */
function meant(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
    const shallow = (of: readonly Issue[]) => of.filter(each => each.path.length < 2).length;
    const best = issue.errors.reduce((a, b) => (shallow(b) < shallow(a) ? b : a));
    return meant(best).map(each => ({ ...each, path: [...issue.path, ...each.path] }));
  });
}
