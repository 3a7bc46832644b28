/** The Operator port over Headroom's own operator API. Plain HTTP from outside, as anybody's tool would use it. */
import { Problem } from '../src/base/problem';
import { allResources } from '../src/model';
import { Blocked, type Operator } from './operator';

export interface HeadroomOptions {
  readonly base: string;
  readonly key: string;
  /** Where whoever runs the suite has the server in hand: ends it and starts it again at the same ports. */
  readonly restart?: () => Promise<void>;
}

export function headroomOperator({ base, key, restart }: HeadroomOptions): Operator {
  /** @param verb what the lab wants, for the report, when the API has no such path */
  const send = async <T>(verb: string, method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new Problem('CANNOT_REACH', { at: base, note: 'the operator API does not answer', cause });
    });
    const text = await response.text();
    if (!response.ok) {
      if (text.includes('the operator API has no such path')) throw new Blocked(verb);
      throw new Problem('CANNOT_REACH', {
        at: `${method} ${base}${path}`,
        note: `the lab could not arrange this: ${response.status} ${text}`,
      });
    }
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  // An operator does one thing after the other, however many procedures run side by side.
  let last: Promise<unknown> = Promise.resolve();
  const call = <T>(verb: string, method: string, path: string, body?: unknown): Promise<T> => {
    const next = last.then(() => send<T>(verb, method, path, body));
    last = next.catch(() => undefined);
    return next;
  };
  const blocked = (what: string) => async (): Promise<never> => {
    throw new Blocked(what);
  };
  const siteIds = new Map<string, string>();
  const groupIds = new Map<string, { id: string }>();
  const assignmentOf = async (assignment: string, device: string): Promise<{ id: string }> => {
    const name = `${assignment} ${device.slice(0, 8)}`;
    const known =
      groupIds.get(name) ??
      (await call<{ id: string }>('give a device several FunctionSetAssignments', 'POST', '/api/groups', { name }));
    groupIds.set(name, known);
    return known;
  };
  return {
    name: `Headroom operator API at ${base}`,
    async registerDevice({ name, lfdi, pin, role, manager, dialect }) {
      const site = await call<{ edev: string }>('register a device', 'POST', '/api/sites', {
        name: name.slice(0, 64),
        lfdi,
        pin,
        ...(role && { role }),
        ...(manager && { manager }),
        ...(dialect && { dialect }),
        maxImportW: 10_000,
        maxExportW: 10_000,
        firmImportW: 1000,
        firmExportW: 1000,
      });
      siteIds.set(lfdi, site.edev);
    },
    removeDevice: lfdi => call('remove a device', 'DELETE', `/api/sites/${lfdi}`),
    createGroup: ({ name, level, parent }) =>
      call('make groups', 'POST', '/api/groups', {
        name,
        ...(level !== 'other' && { level }),
        ...(parent && { parent: parent.id }),
      }),
    removeGroup: ({ id }) => call('remove a group', 'DELETE', `/api/groups/${id}`),
    placeDevice: (site, { id }) =>
      call('move a device to another group', 'POST', '/api/groups/moves', { moves: [{ site, to: id }] }),
    moveGroup: ({ id }, parent) =>
      call('move a group', 'POST', '/api/groups/moves', { moves: [{ group: id, to: parent.id }] }),
    createProgram: async ({ description, primacy, devices, assignment, group }) => {
      const verb = 'make a program';
      const sites = devices.map(lfdi => siteIds.get(lfdi) ?? lfdi);
      // Beside the topology, each group has an assignment of its own.
      const own = assignment === undefined ? undefined : await assignmentOf(assignment, devices[0] ?? '');
      if (own) await call(verb, 'POST', `/api/groups/${own.id}/join`, { sites });
      const on = own ?? group;
      const where = on ? { groups: [on.id] } : { sites };
      const { derp } = await call<{ derp: string }>(verb, 'POST', '/api/programs', { description, primacy, ...where });
      return { id: derp };
    },
    removeProgram: ({ id }) => call('remove a program', 'DELETE', `/api/programs/${id}`),
    setPrimacy: ({ id }, primacy) =>
      call('change the primacy of a program', 'PATCH', `/api/programs/${id}`, { primacy }),
    setDefault: ({ id }, { DERControlBase: base, ...settings }) =>
      call('set a default', 'PUT', `/api/programs/${id}/default`, { base, ...settings }),
    addCurve: ({ id }, curve) => call('add a curve', 'POST', `/api/programs/${id}/curves`, curve),
    createEvent: ({ id }, event) => call('create a control', 'POST', `/api/programs/${id}/controls`, event),
    cancelEvent: ({ mRID }, randomized = false) =>
      call('cancel a control', 'POST', `/api/controls/${mRID}/cancel`, { randomized }),
    publishEnvelope: (site, envelope) =>
      // Limits may be lower than those published before.
      call('publish an envelope', 'POST', '/api/envelopes/import', { site, ...envelope, reason: 'correction' }),
    setPollRate: async (element, seconds) => {
      const named = allResources.filter(({ type, poll }) => type.name === element && poll !== undefined);
      await call(
        'set poll rates',
        'PUT',
        '/api/poll-rates',
        Object.fromEntries(named.map(({ name }) => [name, seconds])),
      );
    },
    allowInBandRegistration: on =>
      call('let certificates register themselves', 'PUT', '/api/in-band-registration', { on }),
    shiftClock: offsetS => call('shift the clock', 'PUT', '/api/time', { offsetS }),
    endSubscriptions: async (lfdi, status) => {
      const { subscribed } = await call<{
        subscribed: { lfdi: string; subscriptions: { href: string }[] }[];
      }>('end a subscription', 'GET', '/api/subscriptions?limit=1000');
      for (const each of subscribed.filter(one => one.lfdi === lfdi))
        for (const { href } of each.subscriptions) {
          const [, , edev = '', , sub = ''] = href.split('/');
          await call('end a subscription', 'POST', `/api/subscriptions/${edev}/${sub}/end`, { status });
        }
    },
    redirectOnce: (lfdi, path, to) =>
      call('redirect a client', 'PUT', '/api/redirects', { path, to, status: 302, lfdi, once: true }),
    restart: restart ?? blocked('restart the server'),
    close: async () => undefined,
  };
}
