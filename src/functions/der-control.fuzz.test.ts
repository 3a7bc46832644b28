import { eventProperties } from './testing/event-properties';

jest.setTimeout(3_600_000);

eventProperties(200_000);
