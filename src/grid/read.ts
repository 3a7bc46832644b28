/** Reads a network file, choosing the reader by the file's extension, or a folder of tables. */
import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { Problem } from '../base/problem';
import { readDss } from './dss/read-dss';
import { type Network } from './network';
import { isCsvFolder, readNetworkCsv } from './network-csv';
import { readNetworkJson } from './network-json';
import { topologyOf } from './topology';

/**
 * `.json` is our own format (docs/network-format.md); `.dss` and `.txt` are OpenDSS scripts, a folder with `network.csv` is our tables. The network is one connected tree.
 * @throws Problem BAD_NETWORK that names the field or the file and line.
 */
export function readNetwork(file: string): Network {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Problem('BAD_NETWORK', { at: file, note: 'there is no such file' });
  if (found.isDirectory() && isCsvFolder(file)) {
    const network = readNetworkCsv(file);
    topologyOf(network);
    return network;
  }
  if (!found.isFile()) throw new Problem('BAD_NETWORK', { at: file, note: 'this is not a file' });
  const network = readers[extname(file).toLowerCase()]?.(file);
  if (!network)
    throw new Problem('BAD_NETWORK', {
      at: file,
      note: 'the extension says no format we read',
      want: Object.keys(readers).join(', '),
    });
  topologyOf(network);
  return network;
}

const readers: Readonly<Record<string, (file: string) => Network>> = {
  '.json': readNetworkJson,
  '.dss': readDss,
  '.txt': readDss,
};
