import { isA, type Complex, type Layers } from './dsl';
import { draft, draftNamespace, type Draft } from './ext/draft';
import { ErrorDocument, Resource } from './common';

/**
 * How one client speaks: the namespace of its documents and which layers beside the 2018 base it understands. An old client
 * dies of an element it does not know, so a field whose layer is not named here is never written to it (protocol facts 10).
 */
export interface Dialect {
  readonly id: DialectId;
  readonly namespace: string;
  /** Layer → namespace of its elements. Fields of the 2023 edition live in the base namespace. */
  readonly layers: Layers;
  /**
   * What documents carry as `schemaVer`. A schema with this attribute also leaves room in every type for what later revisions
   * and others may add.
   */
  readonly schemaVer?: string;
  /** Names, order and numbers of a draft, where they are not those of the 2018 edition. */
  readonly draft?: Draft;
}

export type DialectId = 'draft-2.0.4' | '2018' | '2023' | 'csipaus-1.2' | 'csipaus-1.3';

export const sepNamespace = 'urn:ieee:std:2030.5:ns';
export const xsiNamespace = 'http://www.w3.org/2001/XMLSchema-instance';

export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'draft-2.0.4': { id: 'draft-2.0.4', namespace: draftNamespace, layers: {}, draft },
  '2018': { id: '2018', namespace: sepNamespace, layers: {} },
  '2023': { id: '2023', namespace: sepNamespace, layers: { '2023': sepNamespace }, schemaVer: '2.2' },
  'csipaus-1.2': { id: 'csipaus-1.2', namespace: sepNamespace, layers: { 'csipaus-1.2': 'https://csipaus.org/ns' } },
  'csipaus-1.3': {
    id: 'csipaus-1.3',
    namespace: sepNamespace,
    layers: { 'csipaus-1.2': 'https://csipaus.org/ns/v1.3', 'csipaus-1.3': 'https://csipaus.org/ns/v1.3' },
  },
};

/** Whether a type may be the root of a document. By the 2023 edition only resources and Error may. */
export function isDocument(type: Complex, { layers, schemaVer }: Dialect): boolean {
  if (type.inner || (type.layer && layers[type.layer] === undefined) || (type.dropped && layers[type.dropped]))
    return false;
  return schemaVer === undefined || (!type.part && (isA(type, Resource) || type === ErrorDocument));
}
