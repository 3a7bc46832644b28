import { type, type Infer } from './dsl';
import { ConnectionPoint } from './ext/csip-aus';
import { TimeTariffIntervalList } from './pricing';
import { resource, resources } from './resource';

/** All intervals of a tariff, whatever their rate component. Served as a TimeTariffIntervalList; the name has no element. */
export const CombinedTimeTariffIntervalList = type(
  'CombinedTimeTariffIntervalList',
  { layer: 'csipaus-1.3', spec: 'csip-aus', extends: TimeTariffIntervalList, inner: true },
  {},
);
export type CombinedTimeTariffIntervalList = Infer<typeof CombinedTimeTariffIntervalList>;

/** Resources that CSIP-AUS adds. */
export const csipAus = resources('csipAus', {
  connectionPoint: resource('/edev/:edev/cp', ConnectionPoint, { methods: { GET: 'M', PUT: 'M' }, owner: 'edev' }),
  combinedIntervals: resource('/tp/:tp/ctti', TimeTariffIntervalList, {
    methods: { GET: 'M' },
    order: ['interval.start', '-creationTime', '-mRID'],
    owner: 'assigned',
    subscribe: true,
  }),
});
