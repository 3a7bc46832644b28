import { netProperties } from './testing/net-properties';

netProperties(5000);
