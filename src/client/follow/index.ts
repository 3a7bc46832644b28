export { beats, type ControlEvent, type FollowedProgram } from './event';
export {
  followEvents,
  Follower,
  type FollowOptions,
  type InForce,
  type ModeInForce,
  type Outcome,
  outcomes,
  type Transition,
} from './follower';
export { programFrom } from './from-wire';
export { limitsAhead, type LimitSegment, limitsFrom, type PowerLimits, sameLimits, type SourcedLimits } from './limits';
