/** Every feeder at hand agrees with itself: what the source gives is what loads, losses and shunts take. */
import { resolve } from 'node:path';
import { readNetwork } from './read';
import { imbalance } from './testing/imbalance';
import { sharedFile } from './testing/shared';

const files = [
  resolve(__dirname, '../../examples/networks/oak-street.json'),
  ...[
    'european-lv/Master.dss',
    'uom-lv/network/Master.txt',
    'secondary-test-circuit/Master.DSS',
    'uom-lv-tutorial/LVcircuit-master.txt',
  ].map(name => sharedFile(`feeders/${name}`) ?? `feeders/${name}`),
];

test.each(files)('%s balances to 1e-9', file => {
  if (file.startsWith('feeders/')) {
    console.warn(`SKIPPED: balance of ${file}, which is not beside the repository`);
    return;
  }
  const network = readNetwork(file);
  for (const minute of [1, 1081]) expect(imbalance(network, minute)).toBeLessThan(1e-9);
});
