import { envelopeProperties } from '../testing/envelope-properties';

envelopeProperties(20_000);
