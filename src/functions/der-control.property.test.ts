import { eventProperties } from './testing/event-properties';

eventProperties(300);
