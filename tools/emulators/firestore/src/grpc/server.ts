import { Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js';
import { Code, FirestoreError } from '../status.ts';
import type { Store } from '../store/store.ts';
import { batchWrite, begin, commit, rollback } from './handlers/commit.ts';
import {
  batchGetDocuments,
  createDocument,
  deleteDocument,
  getDocument,
  updateDocument,
} from './handlers/documents.ts';
import { listCollectionIds, listDocuments } from './handlers/listing.ts';
import { partitionQuery } from './handlers/partition-query.ts';
import { runAggregationQuery } from './handlers/run-aggregation-query.ts';
import { runQueryRequest } from './handlers/run-query.ts';
import { listen, write } from './handlers/streams.ts';
import type {
  BatchGetDocumentsRequest,
  BatchWriteRequest,
  BeginTransactionRequest,
  CommitRequest,
  CreateDocumentRequest,
  DeleteDocumentRequest,
  GetDocumentRequest,
  ListCollectionIdsRequest,
  ListDocumentsRequest,
  PartitionQueryRequest,
  RollbackRequest,
  RunAggregationQueryRequest,
  RunQueryRequest,
  UpdateDocumentRequest,
} from './requests.ts';
import { defineMethod, serverStreaming, unary } from './service.ts';

/** Above the 11 MB that Firestore refuses itself, so that its own message reaches the client. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** A gRPC server that is listening. */
export interface ListeningServer {
  readonly port: number;
  /** Ends open streams and stops listening. */
  close(): Promise<void>;
}

/** Serves `google.firestore.v1.Firestore` without encryption. Rejects when the port is taken. */
export async function serve(store: Store, host: string, port: number): Promise<ListeningServer> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
  });
  const methods = handlers(store);
  const definition = Object.fromEntries(
    Object.keys(methods).map((name) => [name, defineMethod(name)]),
  );
  server.addService(definition, methods);
  const bound = await new Promise<number>((resolve, reject) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, boundPort) => {
      if (error === null) resolve(boundPort);
      else reject(error);
    });
  });
  return {
    port: bound,
    close: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

function handlers(store: Store): Record<string, UntypedHandleCall> {
  return {
    Commit: unary((request: CommitRequest) => commit(store, request)),
    BatchWrite: unary((request: BatchWriteRequest) => batchWrite(store, request)),
    BeginTransaction: unary((request: BeginTransactionRequest) => begin(store, request)),
    Rollback: unary((request: RollbackRequest) => rollback(store, request)),
    GetDocument: unary((request: GetDocumentRequest) => getDocument(store, request)),
    CreateDocument: unary((request: CreateDocumentRequest) => createDocument(store, request)),
    UpdateDocument: unary((request: UpdateDocumentRequest) => updateDocument(store, request)),
    DeleteDocument: unary((request: DeleteDocumentRequest) => deleteDocument(store, request)),
    BatchGetDocuments: serverStreaming((request: BatchGetDocumentsRequest) =>
      batchGetDocuments(store, request),
    ),
    RunQuery: serverStreaming((request: RunQueryRequest) => runQueryRequest(store, request)),
    RunAggregationQuery: serverStreaming((request: RunAggregationQueryRequest) =>
      runAggregationQuery(store, request),
    ),
    PartitionQuery: unary((request: PartitionQueryRequest) => partitionQuery(store, request)),
    ListDocuments: unary((request: ListDocumentsRequest) => listDocuments(store, request)),
    ListCollectionIds: unary((request: ListCollectionIdsRequest) =>
      listCollectionIds(store, request),
    ),
    Listen: listen(store),
    Write: write(store),
    ExecutePipeline: serverStreaming(() => {
      throw new FirestoreError(Code.UNIMPLEMENTED, 'Pipelines need an Enterprise database.');
    }),
  };
}
