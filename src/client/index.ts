/** What other rooms and the conformance suite use of this one. */
export { type Answer, type Done, type Failure, type FailureReason, type Got, problemOf } from './answer';
export { Api, type ApiOptions, longestPage, type WholeList } from './api';
export { Aggregator, type AggregatorOptions } from './aggregator';
export { type Client, type ClientOptions, type ClientStatus, type Phase } from './client';
export { createClient } from './device-client';
export { type DerInfo } from './der-info';
export { discover, type DiscoverOptions, type DiscoverResult, type Discovery, type Place, readTime } from './discovery';
export {
  type ControlEvent,
  type FollowedProgram,
  Follower,
  followEvents,
  type FollowOptions,
  type InForce,
  type LimitSegment,
  limitsAhead,
  limitsFrom,
  type ModeInForce,
  type Outcome,
  outcomes,
  type PowerLimits,
  programFrom,
  type SourcedLimits,
  type Transition,
} from './follow';
export { type Limits } from './limit-view';
export { type NewLogEvent } from './log-events';
export { averageOf, type MirrorSpec, type Quantity } from './mirror';
export { type ProgramsRead, type ProgramState, readPrograms } from './programs';
export { type NotificationReceiver, receiveNotifications, type ReceiverOptions } from './receiver';
export { rawExchange, type RawExchangeOptions } from './raw-exchange';
export { ServerTime } from './server-time';
export { ToldClient, type ToldOptions } from './told';
export {
  type HttpsTransport,
  httpsTransport,
  type HttpsTransportOptions,
  type SeenPeer,
  type Transport,
  type TransportCounts,
  type TransportRequest,
  type TransportResponse,
} from './transport';
