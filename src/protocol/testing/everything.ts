/** A device port in which every resource of the model has something to show to device A. For tests. */
import fc from 'fast-check';
import { arbitraryOf } from '../../model/testing/arbitrary';
import { model } from '../../model';
import { dialects } from '../../model/dialect';
import { Event } from '../../model/common';
import { isA, type Complex } from '../../model/dsl';
import { href, type Params } from '../../model/href';
import { MirrorMeterReading } from '../../model/mirror';
import { type Resource } from '../../model/resource';
import { write } from '../../codec/write';
import { docOf } from '../../functions/provision';
import { type StoredSubscription } from '../../services/notices/records';
import { type NewDoc, type NewSeries, type Store } from '../../store/api';
import { addCurve, addProgram } from '../../functions/operator/programs';
import { devicePort, lfdiA, pen, siteA, siteB, t0 } from './port';

export const dialect = 'csipaus-1.3';
const mRID = '0123456789ABCDEF0123456700099999';

/** Values that cannot be just any: who we are, what time it is. */
export const must: Readonly<Record<string, object>> = {
  FlowReservationRequest: {
    creationTime: t0,
    intervalRequested: { start: t0, duration: 3600 },
    RequestStatus: { dateTime: t0, requestStatus: 0 },
  },
  LogEvent: { createdDateTime: t0 },
  DERSettings: { updatedTime: t0 },
  DERStatus: { readingTime: t0 },
  DeviceInformation: { lFDI: lfdiA },
  EndDevice: { lFDI: lfdiA },
  MirrorUsagePoint: { mRID, deviceLFDI: lfdiA },
  Subscription: {
    subscribedResource: '/edev/1/fsa',
    encoding: 0,
    level: '+S1',
    limit: 1,
    notificationURI: 'https://a.example/ntfy',
  },
};

/** The smallest value the model allows, always the same one. */
export function valueOf(type: Complex): object {
  const [value] = fc.sample(arbitraryOf(type, { dialect: dialects[dialect], optionals: 'none' }), {
    numRuns: 1,
    seed: 1,
  }) as object[];
  const inForce = isA(type, Event) ? { EventStatus: scheduled, creationTime: t0 } : {};
  const mirror = type.name === 'MirrorUsagePoint' ? { MirrorMeterReading: [] } : {};
  const interval = value && 'interval' in value ? { interval: { start: t0 - 60, duration: 3600 } } : {};
  return { ...value, ...somewhere(value), ...inForce, ...interval, ...mirror, ...must[type.name] };
}
/** Links the schema demands lead to something that is there. */
const somewhere = (value: object | undefined) =>
  Object.fromEntries(
    Object.keys(value ?? {})
      .filter(name => name.endsWith('Link'))
      .map(name => [name, { href: '/tm' }]),
  );
const scheduled = { currentStatus: 0, dateTime: t0, potentiallySuperseded: false };

export const xmlOf = (type: Complex, value: object = valueOf(type)): string =>
  write(type, value as never, { dialect: dialects[dialect] });

/** Function sets whose documents are stored as they are shown. */
const plain = [
  model.log,
  model.configuration,
  model.deviceInformation,
  model.deviceStatus,
  model.drlc,
  model.file,
  model.flowReservation,
  model.messaging,
  model.networkStatus,
  model.powerStatus,
  model.prepayment,
  model.pricing,
  model.billing,
].flatMap(set => Object.values<Resource>(set));

const subscribed: StoredSubscription = {
  wire: must['Subscription'] as StoredSubscription['wire'],
  lfdi: lfdiA,
  watch: 'none',
  since: t0,
};

const roots = ['bill', 'brs', 'dr', 'file', 'msg', 'ppy', 'tp'];

export async function everything(more: { store?: Store } = {}) {
  const port = devicePort({ ...more, dialect, house: { self: { lfdi: 'AB'.repeat(20), sfdi: 1 } } });
  await port.add(siteA, siteB);
  const { store, clock, ids } = port;
  const { derp } = await addProgram({ store, clock, ids, pen }, { description: 'p', primacy: 9, sites: ['1'] });
  const { href: curve } = await addCurve({ store, clock, ids, pen }, derp, curveOf());
  await store.commit({ series: [envelope] });
  const fsa = await store.get<object>('/edev/1/fsa/1');
  const assigned = Object.fromEntries(roots.map(root => [root, ['1']]));
  const docs: NewDoc[] = [
    docOf(model.fsa.assignments, { edev: '1', fsa: '1' }, { ...fsa?.body, assigned }, t0),
    docOf(model.der.usagePoint, { edev: '1', der: '1' }, valueOf(model.der.usagePoint.type), t0),
    docOf(model.csipAus.connectionPoint, { edev: '1' }, valueOf(model.csipAus.connectionPoint.type), t0),
    docOf(model.subscription.subscription, { edev: '1', sub: '1' }, subscribed, t0),
    ...plain.filter(r => !r.type.item).map(r => docOf(r, ones(r), valueOf(r.type), t0)),
  ];
  await store.commit({ put: docs });
  const mup = (await port.ask('/mup', { method: 'POST', body: xmlOf(model.mirror.mirror.type) })).headers['Location'];
  await port.ask(mup ?? '', { method: 'POST', body: meterReading });
  const derc = /<mRID>([0-9A-F]{32})</.exec((await port.ask('/derp/1/derc')).body)?.[1] ?? '';
  const response = `<Response xmlns="urn:ieee:std:2030.5:ns"><endDeviceLFDI>${lfdiA}</endDeviceLFDI><status>1</status><subject>${derc}</subject></Response>`;
  const rsp = (await port.ask('/rsps/1/rsp', { method: 'POST', body: response })).headers['Location'];
  const last = (at: string | undefined) => at?.slice(at.lastIndexOf('/') + 1) ?? '';
  const params: Params = {
    derp: '1',
    derc,
    rsps: '1',
    rsp: last(rsp),
    dc: last(curve),
    mup: last(mup),
    upt: last(mup),
    mr: mRID,
    rs: mRID,
    r: '0',
  };
  const at = (resource: Resource): string => {
    if (resource === model.der.curve || resource === model.der.curves) return href(resource, { ...params, derp });
    return href(resource, { ...ones(resource), ...within(params, resource) });
  };
  return { ...port, at, derc };
}

const names = (resource: Resource) => [...resource.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
const ones = (resource: Resource): Params => Object.fromEntries(names(resource).map(name => [name, '1']));
const within = (params: Params, resource: Resource): Params =>
  Object.fromEntries(names(resource).flatMap(name => (params[name] === undefined ? [] : [[name, params[name]]])));

export const meterReading = xmlOf(MirrorMeterReading, {
  mRID,
  Reading: { value: 1 },
  ReadingType: {},
  MirrorReadingSet: [{ mRID, timePeriod: { start: t0, duration: 300 }, Reading: [{ value: 2 }] }],
});

function curveOf() {
  const {
    mRID: _mRID,
    creationTime: _creationTime,
    ...curve
  } = valueOf(model.der.curve.type) as never as {
    mRID: string;
    creationTime: number;
  } & Parameters<typeof addCurve>[2];
  const CurveData = [{ xvalue: 9000, yvalue: 3000 }];
  return { ...curve, curveType: 11, CurveData, xMultiplier: -2, yMultiplier: -2, yRefType: 2 };
}

/** One step of one site. */
export const envelope: NewSeries = {
  site: '1',
  publishedAt: t0,
  start: t0,
  stepS: 900,
  importW: Int32Array.from([1000]),
  exportW: Int32Array.from([1000]),
  own: Uint8Array.from([1]),
  bound: new Uint8Array(1),
  reasons: ['a\tb'],
  engine: 'x',
  inputsHash: '',
};
