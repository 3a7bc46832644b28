import { ConnectionPoint } from './ext/csip-aus';
import { resource, resources } from './resource';

/** Resources that CSIP-AUS adds. */
export const csipAus = resources('csipAus', {
  connectionPoint: resource('/edev/:edev/cp', ConnectionPoint, { methods: { GET: 'M', PUT: 'M' }, owner: 'edev' }),
});
