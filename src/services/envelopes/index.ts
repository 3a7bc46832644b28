export {
  type BoundBy,
  type EnvelopeControl,
  boundAt,
  byMrid,
  controlsOf,
  findControl,
  inForce,
  liveControls,
  packBounds,
  seriesEnd,
} from './controls';
export { type EnvelopeStep, envelopeMrid, readEnvelopeMrid } from './mrid';
export { type NewEnvelope, type Publication, ownSteps } from './publication';
export { type WindowSize, visibleControls } from './window';
