import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { methodCodecs } from './json-codec.ts';

/** A stream of messages both ways, in JSON. */
export interface JsonStream {
  send(message: unknown): void;
  cancel(): void;
}

interface JsonStreamEvents {
  message(message: unknown): void;
  /** The last event; `error` when the service refused. */
  end(error?: ServiceError): void;
}

/** Calls the service in JSON. */
export interface JsonService {
  /** All answers of a call that takes one request. Rejects with the service's status. */
  call(method: string, request: unknown): Promise<unknown[]>;
  open(method: string, events: JsonStreamEvents): JsonStream;
  close(): void;
}

export function connectJson(address: string): JsonService {
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
  });
  const pathOf = (method: string) => `/google.firestore.v1.Firestore/${method}`;
  const same = (bytes: Buffer) => bytes;
  return {
    call: (method, json) =>
      new Promise((resolve, reject) => {
        const { request, response } = methodCodecs(method);
        // A call with one answer is a stream of one.
        const answers: unknown[] = [];
        const stream = client.makeServerStreamRequest(
          pathOf(method),
          same,
          same,
          request.toBytes(json),
          new Metadata(),
        );
        stream.on('data', (bytes: Buffer) => answers.push(response.toJson(bytes)));
        stream.on('error', reject);
        stream.on('end', () => resolve(answers));
      }),
    open: (method, events) => {
      const { request, response } = methodCodecs(method);
      const stream = client.makeBidiStreamRequest(pathOf(method), same, same, new Metadata());
      let hasEnded = false;
      const end = (error?: ServiceError) => {
        if (hasEnded) return;
        hasEnded = true;
        events.end(error);
      };
      stream.on('data', (bytes: Buffer) => events.message(response.toJson(bytes)));
      stream.on('error', (error: ServiceError) => end(error));
      stream.on('end', () => end());
      return {
        send: (message) => stream.write(request.toBytes(message)),
        cancel: () => {
          hasEnded = true;
          stream.cancel();
        },
      };
    },
    close: () => client.close(),
  };
}
