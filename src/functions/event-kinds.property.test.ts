import { kindProperties } from './testing/kind-properties';

kindProperties(60);
