/** Paths of the device port that an operator has sent elsewhere: for servers that move, and for ERR-001. In memory. */
import { Problem } from '../base/problem';
import { type Redirect, type RedirectService } from '../console/lab-service';
import { type Answer, type Request } from '../protocol/exchange';

const most = 1000;

type Answering = (request: Request) => Answer | Promise<Answer>;

export function redirects(): RedirectService & { before(answer: Answering): Answering } {
  const known = new Map<string, Redirect>();
  const keyOf = ({ path, lfdi = '' }: Pick<Redirect, 'path' | 'lfdi'>) => `${lfdi} ${path}`;
  const find = ({ url, peer, method }: Request): Redirect | undefined => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    const [path = ''] = url.split('?', 1);
    return known.get(keyOf({ path, lfdi: peer.lfdi })) ?? known.get(keyOf({ path }));
  };
  return {
    list: () => [...known.values()],
    set: redirect => {
      if (known.size >= most && !known.has(keyOf(redirect)))
        throw new Problem('LIMIT', { at: 'redirects', want: `at most ${most}` });
      known.set(keyOf(redirect), redirect);
    },
    clear: () => known.clear(),
    before: answer => request => {
      const redirect = known.size === 0 ? undefined : find(request);
      if (!redirect) return answer(request);
      if (redirect.once) known.delete(keyOf(redirect));
      return { status: redirect.status, headers: { Location: redirect.to }, body: '', resource: 'none' };
    },
  };
}
