/** The clients of this house that must pass every scenario of their role. */
import { type ClientClaim, clientClaims, type Role } from '../client-scenario';
import { ourAggregator } from './our-aggregator';
import { ourClient } from './our-client';
import { ourSite, siteClaims } from './our-sites';
import { type Make } from './virtual-bench';

export interface RightClient {
  readonly name: string;
  readonly role: Role;
  readonly claims: readonly ClientClaim[];
  readonly make: Make;
}

const all = Object.keys(clientClaims) as ClientClaim[];

export const rightClients: readonly RightClient[] = [
  { name: 'our client', role: 'der-client', claims: all, make: ourClient() },
  { name: 'an inverter site', role: 'der-client', claims: siteClaims, make: ourSite('inverter') },
  { name: 'a PCS site', role: 'der-client', claims: siteClaims, make: ourSite('pcs') },
  { name: 'an aggregator', role: 'aggregator', claims: all, make: ourAggregator() },
];
