import { type FlowPolicy } from './api';

/** Everything as it was asked for, whatever is free: what the standard allows a server that knows nothing else (10.9.1). */
export const grantAll: FlowPolicy = {
  name: 'grant-all',
  means: 'everything as it was asked for',
  decide: ({ from, to, powerW, energyWh }) => ({ start: from, durationS: to - from, powerW, energyWh }),
};
