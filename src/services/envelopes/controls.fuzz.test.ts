import { envelopeProperties } from '../testing/envelope-properties';

jest.setTimeout(1_200_000);

envelopeProperties(20_000);
