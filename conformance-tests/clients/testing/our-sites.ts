/** Simulated sites as clients under test: an inverter site and one with a power control system, each living through its seconds. */
import { silentLog } from '../../../src/base/log';
import { connectSite, type SiteClient } from '../../../src/cli/demo/clients';
import { Fleet } from '../../../src/sim/fleet';
import { siteSpec, type Customer } from '../../../src/sim/site-spec';
import { type ClientClaim, clientClaims } from '../client-scenario';
import { sixEvents } from './our-client';
import { type Driven, type Make } from './virtual-bench';

const home: Customer = {
  id: 'home',
  bus: 'b',
  phases: [1],
  kind: 'inverter',
  serviceW: 14_000,
  firmImportW: 4000,
  firmExportW: 1500,
  pvW: 6000,
  batteryW: 5000,
  batteryWh: 10_000,
};
const depot: Customer = {
  ...home,
  id: 'depot',
  kind: 'pcs',
  evse: [{ maxA: 32, voltageV: 240, phases: [1] }],
};

/** What the sites do not do: they know their net power alone, and do not register themselves. */
export const siteClaims = (Object.keys(clientClaims) as ClientClaim[]).filter(
  claim => claim !== 'all-metering' && claim !== 'in-band-registration',
);

export const ourSite =
  (kind: 'inverter' | 'pcs'): Make =>
  ({ clock, host, port, device, rootsPem, tasks, random }): Driven => {
    const fleet = new Fleet([siteSpec(kind === 'pcs' ? depot : home)], { start: clock.now(), seed: 3 });
    const [site] = fleet.sites;
    let connected: SiteClient | undefined;
    return {
      start: () => {
        if (site) connected = connectSite(site, device, { host, port, rootsPem, clock, tasks, random, log: silentLog });
        connected?.client.start();
      },
      stop: () => connected?.client.stop(),
      alarms: () => sixEvents.forEach(event => connected?.client.tell(event)),
      second: now => fleet.advance(now),
    };
  };
