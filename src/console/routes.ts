import { type Express, type Request, type Response } from 'express';
import { type Clock } from '../base/clock';
import { type Ids, type Pen } from '../base/ids';
import { type Metrics } from '../base/metrics';
import { type House } from '../functions/behaviour';
import { addControl, addCurve, addProgram, cancelControl, setDefault } from '../functions/operator/programs';
import { setRevoked } from '../functions/operator/revoked';
import { addSites, changeSite, findSite, removeSite, type SiteChange } from '../functions/operator/sites';
import { responseCounts, responsesOfSite } from '../functions/operator/delivery';
import { type NewSite } from '../functions/provision';
import { allSites } from '../functions/site';
import { type Complex } from '../model/dsl';
import { DERControl, DERCurve, DefaultDERControl } from '../model/der';
import { type EnvelopeService } from './envelope-service';
import * as input from './input';

export interface RouteDeps {
  readonly store: Parameters<typeof allSites>[0];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly pen: Pen;
  readonly house: House;
  readonly metrics: Metrics;
  readonly envelopes: EnvelopeService;
  /** Refuses a value that could not be written to a client. @throws Problem BAD_VALUE with the path of what does not fit */
  readonly fits: (type: Complex, value: unknown) => void;
  /** Sets poll rates while the server runs. */
  readonly setPollRates: (rates: Readonly<Record<string, number>>) => void;
  readonly sfdiOf: (lfdi: string) => number;
  /** Told when an LFDI was revoked or let in again, after the store knows. */
  readonly revoke: (lfdi: string, revoked: boolean) => void;
}

type Handler = (req: Request<Record<string, string>>) => Promise<unknown>;

/** Answers 200 with what the handler returns, 201 where it made something, 204 where it returns nothing. */
const json =
  (handler: Handler, made = false) =>
  async (req: Request<Record<string, string>>, res: Response): Promise<void> => {
    const value = await handler(req);
    if (value === undefined) res.status(204).end();
    else res.status(made ? 201 : 200).json(value);
  };

export function siteRoutes(deps: RouteDeps): (app: Express) => void {
  const { store, house, sfdiOf } = deps;
  const complete = ({ pin, manager, dialect, bus, follows, ...site }: input.NewSiteInput): NewSite => ({
    ...site,
    sfdi: sfdiOf(site.lfdi),
    pin: pin ?? house.defaultPin,
    ...(manager !== undefined && { manager }),
    ...(dialect !== undefined && { dialect }),
    ...(bus !== undefined && { bus }),
    ...(follows !== undefined && { follows }),
  });
  const changeRevocation = async (given: string, revoked: boolean): Promise<undefined> => {
    const lfdi = input.parse(input.lfdi, given);
    await setRevoked(deps, lfdi, revoked);
    deps.revoke(lfdi, revoked);
    return undefined;
  };
  return app => {
    app.get(
      '/api/sites',
      json(async () => ({ sites: await allSites(store) })),
    );
    app.post(
      '/api/sites',
      json(async req => {
        const body: unknown = req.body;
        const many = typeof body === 'object' && body !== null && 'sites' in body;
        const sites = many ? input.parse(input.siteList, body).sites : [input.parse(input.newSite, body)];
        for (const { name, bus } of sites) if (bus !== undefined) deps.envelopes.checkBus(bus, `site ${name}`);
        const made = await addSites(deps, sites.map(complete));
        return many ? { sites: made } : made[0];
      }, true),
    );
    app.get(
      '/api/sites/:site',
      json(async req => findSite(store, req.params['site'] ?? '')),
    );
    app.patch(
      '/api/sites/:site',
      json(async req => {
        const site = await findSite(store, req.params['site'] ?? '');
        const change = input.parse(input.siteChange, req.body) as SiteChange;
        if (change.bus !== undefined) deps.envelopes.checkBus(change.bus, `site ${site.name}`);
        return changeSite(deps, site.edev, change);
      }),
    );
    app.delete(
      '/api/sites/:site',
      json(async req => removeSite(deps, (await findSite(store, req.params['site'] ?? '')).edev)),
    );
    app.put(
      '/api/revocations/:lfdi',
      json(async req => changeRevocation(req.params['lfdi'] ?? '', true)),
    );
    app.delete(
      '/api/revocations/:lfdi',
      json(async req => changeRevocation(req.params['lfdi'] ?? '', false)),
    );
    app.get(
      '/api/sites/:site/responses',
      json(async req => ({
        responses: await responsesOfSite(store, (await findSite(store, req.params['site'] ?? '')).edev),
      })),
    );
  };
}

/** A control as a client would get it, but for what the operator said of its modes. */
const wireFrame = ({ clock }: RouteDeps, { start, durationS }: { start: number; durationS: number }) => ({
  mRID: '',
  creationTime: clock.now(),
  EventStatus: { currentStatus: 0, dateTime: clock.now(), potentiallySuperseded: false },
  interval: { start, duration: durationS },
});

export function programRoutes(deps: RouteDeps): (app: Express) => void {
  return app => {
    app.post(
      '/api/programs',
      json(async req => {
        const { sites, ...program } = input.parse(input.newProgram, req.body);
        const found = await Promise.all(sites.map(each => findSite(deps.store, each)));
        return addProgram(deps, { ...program, sites: [...new Set(found.map(site => site.edev))] });
      }, true),
    );
    app.post(
      '/api/programs/:derp/controls',
      json(async req => {
        const control = input.parse(input.newControl, req.body);
        deps.fits(DERControl, { ...wireFrame(deps, control), DERControlBase: control.base });
        return addControl(deps, req.params['derp'] ?? '', control as Parameters<typeof addControl>[2]);
      }, true),
    );
    app.put(
      '/api/programs/:derp/default',
      json(async req => {
        const { base } = input.parse(input.newDefault, req.body);
        deps.fits(DefaultDERControl, { mRID: '', DERControlBase: base });
        return setDefault(deps, req.params['derp'] ?? '', base);
      }),
    );
    app.post(
      '/api/programs/:derp/curves',
      json(async req => {
        const curve = input.parse(input.newCurve, req.body);
        deps.fits(DERCurve, { mRID: '', creationTime: 0, ...curve });
        return addCurve(deps, req.params['derp'] ?? '', curve as unknown as Parameters<typeof addCurve>[2]);
      }, true),
    );
    app.post(
      '/api/controls/:mrid/cancel',
      json(async req =>
        cancelControl(deps, req.params['mrid'] ?? '', input.parse(input.cancellation, req.body ?? {}).randomized),
      ),
    );
    app.put(
      '/api/poll-rates',
      json(async req => {
        deps.setPollRates(input.parse(input.pollRates, req.body));
        return undefined;
      }),
    );
  };
}

export function envelopeRoutes({ store, envelopes, clock, metrics }: RouteDeps): (app: Express) => void {
  return app => {
    app.get(
      '/api/health',
      json(async () => ({ ok: true, now: clock.now() })),
    );
    app.post(
      '/api/envelopes/run',
      json(async () => envelopes.run()),
    );
    app.get(
      '/api/envelopes/runs',
      json(async () => ({ runs: envelopes.runs() })),
    );
    app.get(
      '/api/responses/counts',
      json(async () => ({ byStatus: await responseCounts(metrics) })),
    );
    app.post(
      '/api/envelopes/import',
      json(async req => {
        const body: unknown = req.body;
        const many = typeof body === 'object' && body !== null && 'envelopes' in body;
        const asked = many
          ? input.parse(input.envelopeList, body).envelopes
          : [input.parse(input.envelopeImport, body)];
        // All are judged before the first is published.
        const found = await Promise.all(asked.map(each => findSite(store, each.site)));
        const results: object[] = [];
        for (const [i, each] of asked.entries())
          results.push(await envelopes.import({ ...each, site: found[i]?.edev ?? '' }));
        return many ? { results } : results[0];
      }, true),
    );
    app.get(
      '/api/envelopes/:site',
      json(async req => envelopes.show((await findSite(store, req.params['site'] ?? '')).edev)),
    );
    app.post(
      '/api/engine/kill',
      json(async () => {
        envelopes.killEngine();
        return undefined;
      }),
    );
  };
}
