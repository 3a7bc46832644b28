/** Wires notifications: what is told, to whom, how fast. */
import { type Post } from '../functions/notices';
import { model } from '../model';
import { href, paramsOf } from '../model/href';
import { noticeEyes } from '../protocol/notice';
import { type ContextDeps } from '../protocol/context';
import { push } from '../protocol/push';
import { type Guard } from '../protocol/push-guard';
import { type Observed } from '../services/changes';
import { type Pace } from '../services/notices/api';
import { notices } from '../services/notices/notices';
import { type Credentials, type Trust } from '../tls';
import { type ServerDeps } from './deps';

export interface NoticeParts {
  readonly context: ContextDeps;
  readonly changes: Observed;
  readonly credentials: Credentials;
  readonly trust: Trust;
  readonly guard: Guard;
}

/** Not yet started. `stop` ends what is under way; what was not delivered stays in the outbox. */
export function noticeService({ config, clock, log, metrics, tasks, told }: ServerDeps, parts: NoticeParts) {
  const { context, changes, credentials, trust, guard } = parts;
  const post = push({
    credentials,
    trust,
    clock,
    guard,
    peer: config.notifyPeer,
    connections: config.notifyConnections,
    timeoutMs: config.notifyTimeoutS * 1000,
  });
  const service = notices({
    changes,
    clock,
    log,
    metrics,
    tasks,
    eyes: noticeEyes({ ...context, store: changes, dialect: config.dialect, publicUrl: config.publicUrl }),
    post: told ? heardBy(told, post) : post,
    pace: {
      spacingS: config.notifySpacingS,
      urgent: urgency(changes, config.notifyUrgentPrimacy),
      giveUpS: config.notifyGiveUpS,
      perReceiver: config.notifyConnections,
      inAll: config.notifyConnectionsInAll,
    },
  });
  return {
    start: () => service.start(),
    renew: () => post.renew(),
    stop: async () => {
      post.close();
      await service.stop();
    },
  };
}

const heardBy = (told: NonNullable<ServerDeps['told']>, right: Post): Post => ({
  post: async (to, body) => {
    const outcome = await right.post(to, body);
    told(to, body, outcome);
    return outcome;
  },
});

const controls = [model.der.controls, model.der.activeControls, model.der.control];

/** Controls of the strongest programs need not wait (docs/choices.md). */
export function urgency({ store }: Observed, primacy: number): Pace['urgent'] {
  return async ({ resource }) => {
    if (primacy < 0) return false;
    const derp = controls.map(each => paramsOf(each, resource)?.['derp']).find(id => id !== undefined);
    if (derp === undefined) return false;
    const program = await store.get<{ primacy: number }>(href(model.der.program, { derp }));
    return program !== undefined && program.body.primacy <= primacy;
  };
}
