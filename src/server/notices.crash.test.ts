/** Notifications of a server that is killed while it changes, tells and ends. Run by `npm run test:crash`. */
import { folder } from './testing/house';
import { killTelling } from './testing/notice-kill';

let home: Awaited<ReturnType<typeof folder>>;
beforeEach(async () => {
  home = await folder({ notifyAllow: '127.0.0.1', notifySpacingS: 1, logLevel: 'error' });
});
afterEach(() => home.remove());

it('loses no notification and invents none in 15 kills at random moments', async () => {
  const { changes, arrived, refused, farewells } = await killTelling(home.dir, 15, 2030);
  expect(farewells).toBeGreaterThan(10);
  expect(changes).toBeGreaterThan(50);
  expect(arrived).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(5);
}, 400_000);
