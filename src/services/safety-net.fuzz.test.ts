import { netProperties } from './testing/net-properties';

jest.setTimeout(1_200_000);

netProperties(5000);
