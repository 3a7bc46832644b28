/** The 2030.5 side of simulated sites: each its own certificate, its own TLS connection, its own client. */
import { type Clock } from '../../base/clock';
import { type Log } from '../../base/log';
import { type Random } from '../../base/random';
import { type Tasks } from '../../base/tasks';
import { activePower } from '../../base/units';
import { type Client, type ClientOptions } from '../../client/client';
import { createClient } from '../../client/device-client';
import { type DerInfo } from '../../client/der-info';
import { averageOf } from '../../client/mirror';
import { receiveNotifications } from '../../client/receiver';
import { ToldClient } from '../../client/told';
import { httpsTransport, type HttpsTransport } from '../../client/transport';
import { type FleetSite } from '../../sim/fleet';
import { exportRatingW, type SiteSpec } from '../../sim/site-spec';
import { ccm8, clientTls, type Device } from '../../tls';

export interface SiteClient {
  readonly client: Client;
  readonly transport: HttpsTransport;
  /** Of one that subscribes. */
  readonly told?: ToldClient;
  start(): void;
  stop(): void;
}

/** Who a site is: what `issueDevice` of tls makes, or its files say. */
export type Identity = Pick<Device, 'keyPem' | 'chainPem' | 'lfdi' | 'pin'>;

export interface ClientDeps {
  readonly host: string;
  readonly port: number;
  /** Path of DeviceCapability; `/dcap` unless given. */
  readonly dcap?: string;
  readonly rootsPem: string;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly random: Random;
  readonly log: Log;
  /** Where notifications of this site come in; without one it polls alone. */
  readonly notificationURI?: string;
}

/** Bits of DERControlType and DOEControlType that our sites implement: import and export limits, maximum W. */
const modesSupported = '00100003';
const importAndExport = '03';

/** DERType: 4 PV, 83 PV and storage, 80 storage, 82 EVSE, 1 mixed. */
export function derTypeOf({ pv, battery, evses }: SiteSpec): number {
  if (evses.length > 0) return pv || battery ? 1 : 82;
  if (pv && battery) return 83;
  return battery ? 80 : 4;
}

export function connectSite(fleetSite: FleetSite, device: Identity, deps: ClientDeps): SiteClient {
  const { host, port, dcap, rootsPem, clock, tasks, random, log, notificationURI } = deps;
  const transport = httpsTransport({
    host,
    port,
    tls: clientTls({ keyPem: device.keyPem, chainPem: device.chainPem, rootsPem, clock, suites: [ccm8] }),
  });
  const options = {
    transport,
    clock,
    tasks,
    random: random.fork(fleetSite.spec.id),
    log,
    lfdi: device.lfdi,
    pin: device.pin,
    dialect: 'csipaus-1.2' as const,
    startSpreadS: 60,
    ...(dcap !== undefined && { dcap }),
    ...deviceOptions(fleetSite),
  };
  const told = notificationURI === undefined ? undefined : new ToldClient({ ...options, notificationURI });
  const client = told?.client ?? createClient(options);
  fleetSite.site.source = { current: now => client.limits(now), schedule: when => client.limitsAt(when) };
  const whole = told ?? client;
  return { client, transport, ...(told && { told }), start: () => whole.start(), stop: () => whole.stop() };
}

/** What a site tells of itself and measures, whoever speaks for it. */
export function deviceOptions(fleetSite: FleetSite): Pick<ClientOptions, 'der' | 'mirror'> {
  return {
    der: derInfo(fleetSite),
    mirror: {
      description: 'Point of connection',
      quantities: [{ name: 'net power', type: averageOf(38), read: () => Math.round(fleetSite.meanNetW) }],
    },
  };
}

/** A site that subscribes to what it follows, and is told of changes on a port of its own of this machine. */
export async function subscribedSite(fleetSite: FleetSite, device: Identity, deps: ClientDeps): Promise<SiteClient> {
  const { rootsPem, clock, log } = deps;
  const receiver = await receiveNotifications({
    ...device,
    rootsPem,
    clock,
    log,
    take: notification => site.told?.notified(notification) ?? false,
  });
  const site = connectSite(fleetSite, device, { ...deps, notificationURI: receiver.uri });
  const stop = () => {
    site.stop();
    receiver.close();
  };
  return { ...site, stop };
}

function derInfo({ spec, site }: FleetSite): DerInfo {
  const rated = activePower(Math.max(1, exportRatingW(spec), spec.kind === 'pcs' ? spec.serviceW : 0));
  return {
    capability: { modesSupported, rtgMaxW: rated, type: derTypeOf(spec), doeModesSupported: importAndExport },
    settings: { setGradW: spec.comms.setGradW, setMaxW: rated, doeModesEnabled: importAndExport },
    status: now => ({
      operationalModeStatus: { dateTime: now, value: 2 },
      ...(spec.battery && { stateOfChargeStatus: { dateTime: now, value: Math.round(socOf(site) * 10_000) } }),
    }),
  };
}

/** State of charge, 0 … 1. */
const socOf = (site: FleetSite['site']): number => site.devices.battery?.soc ?? 0;
