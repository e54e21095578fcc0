import type { StructuredQuery } from '../query/structured-query.ts';
import type { Timestamp } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';
import type { Document } from './document-codec.ts';

/**
 * The requests of `google.firestore.v1.Firestore` as they come off the wire: an absent message is
 * null, an absent string or bytes is empty, an absent number is 0; a oneof names the member set.
 * Source: google/firestore/v1/firestore.proto.
 */
export interface DocumentMask {
  readonly fieldPaths: readonly string[];
}

export interface TransactionOptions {
  readonly mode?: 'readOnly' | 'readWrite';
  readonly readOnly: { readonly readTime: Timestamp | null } | null;
}

/** Which state of the database a read is to see. */
export interface ConsistencySelector {
  readonly consistencySelector?: 'transaction' | 'newTransaction' | 'readTime';
  readonly transaction?: Uint8Array;
  readonly newTransaction?: TransactionOptions | null;
  readonly readTime?: Timestamp | null;
}

export interface WirePrecondition {
  readonly conditionType?: 'exists' | 'updateTime';
  readonly exists: boolean;
  readonly updateTime: Timestamp | null;
}

export interface WireTransform {
  readonly fieldPath: string;
  readonly transformType?:
    | 'setToServerValue'
    | 'increment'
    | 'maximum'
    | 'minimum'
    | 'appendMissingElements'
    | 'removeAllFromArray';
  readonly setToServerValue: number;
  readonly increment: Value;
  readonly maximum: Value;
  readonly minimum: Value;
  readonly appendMissingElements: Value[] | null;
  readonly removeAllFromArray: Value[] | null;
}

export interface WireWrite {
  readonly operation?: 'update' | 'delete' | 'verify' | 'transform';
  readonly update: Document | null;
  readonly delete: string;
  readonly verify: string;
  readonly transform: {
    readonly document: string;
    readonly fieldTransforms: readonly WireTransform[];
  } | null;
  readonly updateMask: DocumentMask | null;
  readonly updateTransforms: readonly WireTransform[];
  readonly currentDocument: WirePrecondition | null;
}

export interface CommitRequest {
  readonly database: string;
  readonly writes: readonly WireWrite[];
  readonly transaction: Uint8Array;
}

export interface BatchWriteRequest {
  readonly database: string;
  readonly writes: readonly WireWrite[];
}

export interface BeginTransactionRequest {
  readonly database: string;
  readonly options: TransactionOptions | null;
}

export interface RollbackRequest {
  readonly database: string;
  readonly transaction: Uint8Array;
}

export interface GetDocumentRequest extends ConsistencySelector {
  readonly name: string;
  readonly mask: DocumentMask | null;
}

export interface BatchGetDocumentsRequest extends ConsistencySelector {
  readonly database: string;
  readonly documents: readonly string[];
  readonly mask: DocumentMask | null;
}

export interface ListDocumentsRequest extends ConsistencySelector {
  readonly parent: string;
  readonly collectionId: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly orderBy: string;
  readonly mask: DocumentMask | null;
  readonly showMissing: boolean;
}

export interface CreateDocumentRequest {
  readonly parent: string;
  readonly collectionId: string;
  readonly documentId: string;
  readonly document: Document | null;
  readonly mask: DocumentMask | null;
}

export interface UpdateDocumentRequest {
  readonly document: Document | null;
  readonly updateMask: DocumentMask | null;
  readonly mask: DocumentMask | null;
  readonly currentDocument: WirePrecondition | null;
}

export interface DeleteDocumentRequest {
  readonly name: string;
  readonly currentDocument: WirePrecondition | null;
}

interface ExplainOptions {
  readonly analyze: boolean;
}

export interface RunQueryRequest extends ConsistencySelector {
  readonly parent: string;
  readonly structuredQuery: StructuredQuery | null;
  readonly explainOptions: ExplainOptions | null;
}

export interface WireAggregation {
  readonly operator?: 'count' | 'sum' | 'avg';
  readonly count: { readonly upTo: { readonly value: Int64 } | null } | null;
  readonly sum: { readonly field: { readonly fieldPath: string } | null } | null;
  readonly avg: { readonly field: { readonly fieldPath: string } | null } | null;
  readonly alias: string;
}

/** An int64 outside a value, as protobufjs reads it. */
export type Int64 = number | { toNumber(): number };

export interface RunAggregationQueryRequest extends ConsistencySelector {
  readonly parent: string;
  readonly structuredAggregationQuery: {
    readonly structuredQuery: StructuredQuery | null;
    readonly aggregations: readonly WireAggregation[];
  } | null;
  readonly explainOptions: ExplainOptions | null;
}

export interface PartitionQueryRequest extends ConsistencySelector {
  readonly parent: string;
  readonly structuredQuery: StructuredQuery | null;
  readonly partitionCount: Int64;
  readonly pageToken: string;
  readonly pageSize: number;
}

export interface ListCollectionIdsRequest extends ConsistencySelector {
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
}
