import type { CanonicalJson } from '@ayna/contract';

/** Stands for the time at which Firestore commits the write. */
export const SERVER_TIME: unique symbol = Symbol('server time');

/** A value that the client writes. */
export type WrittenValue = CanonicalJson | Date | typeof SERVER_TIME;
export type WrittenFields = Readonly<Record<string, WrittenValue>>;

export type FirestoreWrite =
  | { readonly kind: 'set'; readonly path: string; readonly fields: WrittenFields }
  /** Changes some fields; the document must be there. */
  | { readonly kind: 'update'; readonly path: string; readonly fields: WrittenFields }
  | { readonly kind: 'delete'; readonly path: string };

/** The documents of one collection, the newest (by `createdAt`, then id) first. */
export interface DocumentsQuery {
  readonly entity: 'dm.message' | 'follow.edge';
  readonly collection: string;
  readonly limit: number;
}

/** A document as its row must look. */
export interface ProjectedDocument {
  /** The fields of its path by their names in the contract: `conversationId`, `messageId`, ... */
  readonly key: Readonly<Record<string, string>>;
  /** The mirrored fields, as reads through the gateway give them. */
  readonly columns: Readonly<Record<string, CanonicalJson>>;
  /** Whether it holds a write that Firestore has not acknowledged. */
  readonly pending: boolean;
  /** False when a field does not fit the contract, so that no row can be like it. */
  readonly mirrorable: boolean;
}

/** Firestore; `firestorePort` of `@ayna/client/firebase` is it with Firebase's SDK. */
export interface FirestorePort {
  /** All or nothing. Resolves when Firestore has committed; while offline, that may take long. */
  commit(writes: readonly FirestoreWrite[]): Promise<void>;
  /** The id for a document to be written. */
  newId(): string;
  read(query: DocumentsQuery): Promise<readonly ProjectedDocument[]>;
  /** Calls back with all documents at first and after each change, until the result is called. */
  listen(
    query: DocumentsQuery,
    onDocuments: (documents: readonly ProjectedDocument[]) => void,
    onError: (error: unknown) => void,
  ): () => void;
}
