/**
 * DERControls of a program: a view over envelope rows for envelope programs, stored documents for what the operator issued.
 * Status, membership and counts are derived from facts and the clock at each read.
 */
import { type Seconds } from '../base/clock';
import { type DERControl, type DERSettings } from '../model/der';
import { model } from '../model';
import { href } from '../model/href';
import { sortKey } from '../model/sort-key';
import { watts } from '../base/units';
import { findControl, type EnvelopeControl } from '../services/envelopes/controls';
import { nextShown, visibleControls } from '../services/envelopes/window';
import { turnsOf, versionAt as contractAt } from '../services/products/version';
import { isActive, isListed, nextChange, statusAt, versionAt, type Edition } from '../services/timeline';
import { type Behaviour, type Context, type PageAsk } from './behaviour';
import { contractHead } from './operator/contracts';
import { limitsBase, speaksWatts } from './limits';
import { pageOf } from './lists';
import { type StoredProgram } from './provision';
import { canBeTold, editionOf, soonest, standingAt, storedWire, type Control } from './standing-controls';
import { factsOf, type StoredControl } from './stored-control';
import { siteOf } from './site';

/** Bits of responseRequired: 0 received, 1 started, completed, superseded … (protocol facts 4.3). */
const envelopeResponses = '03';

/** What percentages of a site's device refer to, W. */
export async function setMaxW({ store }: Pick<Context, 'store'>, edev: string): Promise<number> {
  const [settings, site] = await Promise.all([
    store.get<DERSettings>(href(model.der.settings, { edev, der: '1' })),
    siteOf(store, edev),
  ]);
  return settings ? watts(settings.body.setMaxW) : (site?.body.maxExportW ?? 0);
}

function envelopeWire(ctx: Context, derp: string, control: EnvelopeControl, maxW: number): Control {
  return {
    derp,
    mrid: control.mrid,
    creationTime: control.createdAt,
    facts: control,
    wire: () => ({
      replyTo: href(model.response.responses, { rsps: derp }),
      responseRequired: envelopeResponses,
      mRID: control.mrid,
      description: 'Operating envelope',
      creationTime: control.createdAt,
      interval: { duration: control.durationS, start: control.start },
      DERControlBase: limitsBase(control, ctx.scope.dialect, maxW),
    }),
  };
}

interface Listed {
  readonly now: Seconds;
  /** Controls that stand in the program's list at that moment, and those of them in force. */
  readonly controls: Control[];
  readonly active: Control[];
}

async function listed(ctx: Context, derp: string, program: StoredProgram | undefined): Promise<Listed> {
  if (!program) return { now: ctx.now, controls: [], active: [] };
  const edition = editionOf(ctx.scope.dialect);
  if (program.envelopeOf !== undefined) {
    const site = program.envelopeOf;
    const all = await ctx.envelopes.ofSite(ctx.store.series, site);
    const { versions = [] } = (await contractHead(ctx.store, site)) ?? {};
    const lossAt = (moment: Seconds) => contractAt(versions, moment)?.loss;
    const now = ctx.nowUntil(moment =>
      earliest(
        soonest(all, moment, edition),
        nextShown(all, moment, lossAt(moment)),
        turnsOf(versions).find(turn => turn > moment),
      ),
    );
    const maxW = speaksWatts(ctx.scope.dialect) ? 0 : await setMaxW(ctx, site);
    const controls = visibleControls(all, now, { window: ctx.house.controlWindow, loss: lossAt(now) }).map(control =>
      envelopeWire(ctx, derp, control, maxW),
    );
    return { now, controls, active: controls.filter(({ facts }) => isActive(facts, now)) };
  }
  const all = await ctx.envelopes.issued.ofProgram(ctx.store, derp);
  const now = ctx.nowUntil(moment => standingAt(derp, all, moment, ctx.scope.dialect).until);
  return { now, ...standingAt(derp, all, now, ctx.scope.dialect) };
}

function earliest(...moments: readonly (Seconds | undefined)[]): Seconds | undefined {
  const known = moments.filter(moment => moment !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

export async function programOf(ctx: Context, derp: string): Promise<StoredProgram | undefined> {
  return (await ctx.store.get<StoredProgram>(href(model.der.program, { derp })))?.body;
}

function shown(control: Control, now: Seconds, edition: Edition): DERControl {
  const wire = control.wire();
  const status = statusAt(control.facts, now, edition);
  return {
    href: href(model.der.control, { derp: control.derp, derc: control.mrid }),
    ...wire,
    version: versionAt(control.facts, now, edition),
    EventStatus: {
      currentStatus: status.currentStatus,
      dateTime: status.dateTime,
      potentiallySuperseded: status.potentiallySuperseded,
      ...(status.potentiallySupersededTime !== undefined && {
        potentiallySupersededTime: status.potentiallySupersededTime,
      }),
    },
  };
}

function pageControls({ scope }: Context, { controls, now }: Listed, page: PageAsk) {
  const entries = controls.map(control => ({ key: control.key ?? keyOf(control), item: control }));
  if (controls.some(({ key }) => key === undefined)) entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  const { items, all } = pageOf(entries, page);
  return { all, items: items.map(control => shown(control, now, editionOf(scope.dialect))) };
}

const keyOf = ({ facts, creationTime, mrid }: Control): string =>
  sortKey(model.der.controls, { interval: { start: facts.start }, creationTime, mRID: mrid }, '');

/** What the two lists of a program hold at this moment. */
export async function controlCounts(
  ctx: Context,
  derp: string,
  program: StoredProgram,
): Promise<{ all: number; active: number }> {
  const { controls, active } = await listed(ctx, derp, program);
  return { all: controls.length, active: active.length };
}

/** The control an mRID names, with its program, whether or not it still stands in a list. */
export async function controlByMrid(ctx: Context, mrid: string): Promise<Control | undefined> {
  const envelope = await findControl(ctx.store.series, mrid, { pen: ctx.house.pen });
  if (envelope) return envelopeWire(ctx, envelope.site, envelope, await setMaxW(ctx, envelope.site));
  const doc = (await ctx.store.find<StoredControl>('mrid', mrid)).find(({ kind }) => kind === model.der.control.name);
  if (!doc) return undefined;
  const derp = doc.href.split('/')[2] ?? '';
  const issued = await ctx.envelopes.issued.ofProgram(ctx.store, derp);
  const found = issued.find(({ stored }) => stored.mRID === mrid);
  return storedWire(derp, found?.stored ?? doc.body, found?.facts ?? factsOf(doc.body));
}

/** What tells one state of a list from another, far cheaper than its entries; see notices. */
function essenceOf({ scope }: Context, { controls: all, now }: Listed): unknown {
  const edition = editionOf(scope.dialect);
  // What an envelope says to a plain client depends on the client's settings too; what an operator issued never changes.
  return all.map(each => [
    each.mrid,
    versionAt(each.facts, now, edition),
    each.key === undefined ? each.wire().DERControlBase : 0,
  ]);
}

async function activeOf(ctx: Context, derp: string): Promise<Listed> {
  const { now, active } = await listed(ctx, derp, await programOf(ctx, derp));
  return { now, controls: active, active };
}

const controls: Behaviour = {
  resource: model.der.controls,
  list: async (ctx, { derp = '' }, page) =>
    pageControls(ctx, await listed(ctx, derp, await programOf(ctx, derp)), page),
  essence: async (ctx, { derp = '' }) => essenceOf(ctx, await listed(ctx, derp, await programOf(ctx, derp))),
};

const activeControls: Behaviour = {
  resource: model.der.activeControls,
  list: async (ctx, { derp = '' }, page) => pageControls(ctx, await activeOf(ctx, derp), page),
  essence: async (ctx, { derp = '' }) => essenceOf(ctx, await activeOf(ctx, derp)),
};

/** Every control is there by itself too, as long as it is in force or was meant to be. */
const control: Behaviour = {
  resource: model.der.control,
  item: async (ctx, { derp = '', derc = '' }) => {
    const found = await controlByMrid(ctx, derc.toUpperCase());
    if (found?.derp !== derp || !canBeTold(found.wire().DERControlBase, ctx.scope.dialect)) return undefined;
    const edition = editionOf(ctx.scope.dialect);
    const now = ctx.nowUntil(moment => nextChange(found.facts, moment, edition));
    return isListed(found.facts, now, edition) ? shown(found, now, edition) : undefined;
  },
};

export const controlBehaviours = [controls, activeControls, control];
