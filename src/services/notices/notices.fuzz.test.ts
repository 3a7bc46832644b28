/** The long version of the last test of notices.test.ts. Run by `npm run test:fuzz`. */
import { histories } from './testing/history';

it('holds over 5,000 histories', () => histories(5000), 300_000);
