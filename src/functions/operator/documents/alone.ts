import { type Store } from '../../../store/api';
import { inTurn } from '../in-turn';

/** All writing of documents is one after another: what is checked is so when it is committed. */
export const alone = <T>(store: Store, work: () => Promise<T>): Promise<T> => inTurn(store, '~documents', work);
