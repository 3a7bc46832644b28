import { eventMutants } from './event-mutants';
import { httpMutants } from './http-mutants';
import { identityMutants } from './identity-mutants';
import { listMutants } from './list-mutants';
import { type Mutant } from './mutant';
import { tellingMutants } from './telling-mutants';

export const mutants: readonly Mutant[] = [
  ...httpMutants,
  ...listMutants,
  ...identityMutants,
  ...eventMutants,
  ...tellingMutants,
];
