import type { ServerDuplexStream, UntypedHandleCall } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { createListenSession, type ListenRequest } from '../../listen/session.ts';
import { Code, FirestoreError } from '../../status.ts';
import type { Store } from '../../store/store.ts';
import { accepted, toStatus, type Decoded } from '../service.ts';
import type { WireWrite } from '../requests.ts';
import { commit } from './commit.ts';

interface WriteRequest {
  readonly database: string;
  readonly streamId: string;
  readonly writes: readonly WireWrite[];
  readonly streamToken: Uint8Array;
}

type Stream<T> = ServerDuplexStream<Decoded<T>, object>;

/** Serves Listen: requests add and remove targets, responses carry what they select. */
export function listen(store: Store): UntypedHandleCall {
  const call = (stream: Stream<ListenRequest>): void => {
    const session = createListenSession(store, (response) => {
      if (!stream.cancelled) stream.write(response);
    });
    stream.on('data', (request: Decoded<ListenRequest>) => {
      try {
        session.handle(accepted(request));
      } catch (cause) {
        session.close();
        stream.emit('error', toStatus(cause));
      }
    });
    stream.on('end', () => {
      session.close();
      stream.end();
    });
    stream.on('cancelled', () => session.close());
    stream.on('error', () => session.close());
  };
  return call as UntypedHandleCall;
}

/** Serves Write: a handshake that opens the stream, then one commit per request, in order. */
export function write(store: Store): UntypedHandleCall {
  const call = (stream: Stream<WriteRequest>): void => {
    const streamId = randomUUID();
    let database: string | undefined;
    let sent = 0;
    let queue = Promise.resolve();
    const handle = async (request: WriteRequest): Promise<void> => {
      const streamToken = Buffer.from(String(sent++));
      if (database === undefined) {
        database = store.database(request.database).name;
        stream.write({ streamId, streamToken });
        return;
      }
      if (request.database !== '' && request.database !== database) {
        throw new FirestoreError(Code.INVALID_ARGUMENT, 'A stream writes to one database only.');
      }
      const transaction = new Uint8Array();
      const result = await commit(store, { database, writes: request.writes, transaction });
      stream.write({ ...result, streamToken });
    };
    stream.on('data', (request: Decoded<WriteRequest>) => {
      queue = queue
        .then(() => handle(accepted(request)))
        .catch((cause: unknown) => void stream.emit('error', toStatus(cause)));
    });
    stream.on('end', () => void queue.then(() => stream.end()));
    stream.on('error', () => undefined);
  };
  return call as UntypedHandleCall;
}
