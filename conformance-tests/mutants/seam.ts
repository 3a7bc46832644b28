/** Where a mutant gets in: the server is built with these wrappers around three of its parts, told which mutant it is. */
import { type Answer, type Request } from '../../src/protocol/exchange';
import { type Push } from '../../src/protocol/push';
import { type Trust } from '../../src/tls';
import { type Clock } from '../../src/base/clock';
import { type Inside, type Mutant } from './mutant';

type Answerer = (request: Request) => Answer | Promise<Answer>;

/** Servers under way by their clock, which every part of a server is given and no other server has. */
const mutants = new WeakMap<Clock, Mutant>();

export const become = (clock: Clock, mutant: Mutant): void => void mutants.set(clock, mutant);

/** Without the header lines that were made for the right body. */
function plain({ ready: _ready, ...answer }: Answer): Answer {
  return answer;
}

export function aroundAnswers(clock: Clock, right: Answerer): Answerer {
  const mutant = mutants.get(clock);
  if (!mutant?.answer && !mutant?.request) return right;
  const inside: Inside = {
    ask: async request => plain(await right(request)),
    now: () => clock.now(),
    memory: new Map(),
  };
  return async request => {
    const asked = mutant.request?.(request) ?? request;
    const answer = plain(await right(asked));
    return mutant.answer?.(answer, request, inside) ?? answer;
  };
}

export function aroundPush(clock: Clock, right: Push): Push {
  const post = mutants.get(clock)?.post;
  return post ? { ...right, post: (to, body) => post(right, to, body) } : right;
}

export function aroundTrust(clock: Clock, trust: Trust): Trust {
  mutants.get(clock)?.trust?.(trust);
  return trust;
}
