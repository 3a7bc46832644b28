import { kindProperties } from './testing/kind-properties';

jest.setTimeout(3_600_000);

kindProperties(5000);
