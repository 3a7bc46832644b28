import { model } from '../model';
import { type Resource } from '../model/resource';

/** Resources with a value that a Condition can be about: attributeIdentifier 0 is the value of a Reading. */
export const hasCondition = ({ type }: Resource): boolean => type === model.metering.reading.type;

/** The attribute `subscribable`: 0 no, 1 without condition, 2 with one only, 3 either way (protocol facts 2.3). */
export function subscribableAs(resource: Resource): 0 | 1 | 3 {
  if (!resource.subscribe) return 0;
  return hasCondition(resource) ? 3 : 1;
}
