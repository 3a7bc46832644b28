import { resolve } from 'node:path';
import { folder } from './testing/house';
import { killRepeatedly } from './testing/kill';

// The long version is kill.crash.test.ts. Both need `npm run build`, which `npm test` does.
it('loses nothing acknowledged when the server is killed', async () => {
  const network = resolve(__dirname, '../../examples/networks/oak-street.json');
  const { dir, remove } = await folder({ network, engineEveryS: 60, envelopeHorizonS: 7200, logLevel: 'warn' });
  try {
    const { acknowledged } = await killRepeatedly(dir, 2, 7);
    expect(Math.min(...Object.values(acknowledged))).toBeGreaterThan(0);
  } finally {
    remove();
  }
}, 60_000);
