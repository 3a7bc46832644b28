import { type Ids } from '../../base/ids';
import { Problem } from '../../base/problem';
import { model } from '../../model';
import { href } from '../../model/href';
import { type StoredProgram } from '../provision';
import { type OperatorDeps } from './sites';

export interface ProgramDeps extends OperatorDeps {
  readonly ids: Ids;
}

/** Ids that fit a path of 51 characters: twelve hex digits of a name-based mRID. */
export const idOf = (mrid: string): string => `p${mrid.slice(0, 12)}`;

/** A program by its id. @throws Problem NO_SUCH */
export async function programAt({ store }: OperatorDeps, derp: string): Promise<StoredProgram> {
  const program = await store.get<StoredProgram>(href(model.der.program, { derp }));
  if (!program) throw new Problem('NO_SUCH', { at: `program ${derp}`, note: 'no such program' });
  return program.body;
}
