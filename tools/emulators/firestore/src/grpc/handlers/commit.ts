import { Code, invalidArgument, toFirestoreError } from '../../status.ts';
import type { Store } from '../../store/store.ts';
import { Timestamp } from '../../values/timestamp.ts';
import { beginTransaction, decodeId, encodeId } from '../consistency.ts';
import type {
  BatchWriteRequest,
  BeginTransactionRequest,
  CommitRequest,
  RollbackRequest,
} from '../requests.ts';
import { toWireResult, toWrite } from '../writes.ts';

const MAX_BATCH_WRITES = 500;

/** Applies all writes or none, ending the transaction named in the request. */
export async function commit(store: Store, request: CommitRequest): Promise<object> {
  const database = store.database(request.database);
  const writes = request.writes.map((write) => toWrite(database.name, write));
  const transaction =
    request.transaction.length === 0
      ? undefined
      : database.transactions.get(decodeId(request.transaction));
  const { commitTime, results } = await database.commit(writes, transaction);
  return {
    commitTime: Timestamp.fromMicros(commitTime),
    writeResults: results.map(toWireResult),
  };
}

/** Applies each write on its own; the statuses say which went through. */
export async function batchWrite(store: Store, request: BatchWriteRequest): Promise<object> {
  const database = store.database(request.database);
  if (request.writes.length > MAX_BATCH_WRITES) {
    throw invalidArgument(`maximum ${MAX_BATCH_WRITES} writes allowed per request`);
  }
  checkDistinct(request);
  const outcomes = await Promise.all(
    request.writes.map(async (write) => {
      try {
        const { results } = await database.commit([toWrite(database.name, write)]);
        return { result: results.map(toWireResult)[0] ?? {}, status: { code: Code.OK } };
      } catch (cause) {
        const { code, message } = toFirestoreError(cause);
        return { result: {}, status: { code, message } };
      }
    }),
  );
  return {
    writeResults: outcomes.map(({ result }) => result),
    status: outcomes.map(({ status }) => status),
  };
}

function checkDistinct({ writes }: BatchWriteRequest): void {
  const names = writes.map(
    (write) => write.update?.name ?? write.transform?.document ?? (write.delete || write.verify),
  );
  if (new Set(names).size < names.length) {
    throw invalidArgument('Cannot write to the same document more than once in a batch write.');
  }
}

export function begin(store: Store, request: BeginTransactionRequest): object {
  const database = store.database(request.database);
  return { transaction: encodeId(beginTransaction(database, request.options)) };
}

/** Ends a transaction without writing. @throws FirestoreError when it has already ended. */
export function rollback(store: Store, request: RollbackRequest): object {
  const { transactions } = store.database(request.database);
  transactions.release(transactions.get(decodeId(request.transaction)));
  return {};
}
