import { type FlowPolicy } from './api';

/** The operator answers, by the operator API. */
export const external: FlowPolicy = {
  name: 'external',
  means: 'the operator answers by hand or by a program of theirs',
  decide: () => 'wait',
};
