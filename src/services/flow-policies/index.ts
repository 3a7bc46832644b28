import { type FlowPolicy } from './api';
import { capacity } from './capacity';
import { external } from './external';
import { grantAll } from './grant-all';

export const flowPolicies: readonly FlowPolicy[] = [capacity, grantAll, external];
export const flowPolicyNames = flowPolicies.map(({ name }) => name);
/** @throws RangeError for a name the configuration would have refused */
export function flowPolicyNamed(name: string): FlowPolicy {
  const found = flowPolicies.find(each => each.name === name);
  if (!found) throw new RangeError(`no flow policy ${name}`);
  return found;
}

export { capacity } from './capacity';
