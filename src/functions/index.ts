import { type Behaviour } from './behaviour';
import { dcapBehaviour } from './dcap';
import { controlBehaviours } from './der-control';
import { derInfoBehaviours } from './der-info';
import { programBehaviours } from './der-program';
import { edevBehaviours } from './edev';
import { fsaBehaviours } from './fsa';
import { meteringBehaviours } from './metering';
import { mirrorBehaviours } from './mirror';
import { responseBehaviours } from './response';
import { timeBehaviour } from './time';

/** Every resource this server serves. A resource of the model that is not here is answered with 404 and never linked to. */
export const behaviours: readonly Behaviour[] = [
  dcapBehaviour,
  timeBehaviour,
  ...edevBehaviours,
  ...fsaBehaviours,
  ...derInfoBehaviours,
  ...programBehaviours,
  ...controlBehaviours,
  ...mirrorBehaviours,
  ...meteringBehaviours,
  ...responseBehaviours,
];
