import type { status } from '@grpc/grpc-js';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { once } from 'node:events';
import type { Method } from 'protobufjs';
import { FirestoreError, invalidArgument, toFirestoreError } from '../status.ts';
import { loadProtos } from './protos.ts';

const SERVICE = 'google.firestore.v1.Firestore';

/** The largest request Google's front end takes, in bytes. */
const MAX_REQUEST_BYTES = 11_534_336;

/** A request that could not be decoded stands in for itself as the refusal it deserves. */
export type Decoded<T> = T | FirestoreError;

/** The definition of one method: its path and how its messages are encoded. */
export function defineMethod(name: string): MethodDefinition<object, Decoded<object>> {
  const method = lookupMethod(name);
  const request = method.resolvedRequestType;
  const response = method.resolvedResponseType;
  if (request === null || response === null) throw new Error(`Method ${name} is not resolved.`);
  const encode = (message: object) => Buffer.from(response.encode(message).finish());
  return {
    path: `/${SERVICE}/${name}`,
    requestStream: method.requestStream ?? false,
    responseStream: method.responseStream ?? false,
    requestSerialize: (message) => Buffer.from(request.encode(message).finish()),
    requestDeserialize: (bytes) => decode(bytes, (input) => request.decode(input)),
    responseSerialize: encode,
    responseDeserialize: (bytes) => response.decode(bytes),
  };
}

function lookupMethod(name: string): Method {
  const method = loadProtos().lookupService(SERVICE).methods[name];
  if (method === undefined) throw new Error(`The service has no method ${name}.`);
  method.resolve();
  return method;
}

function decode(bytes: Buffer, parse: (bytes: Buffer) => object): Decoded<object> {
  if (bytes.length > MAX_REQUEST_BYTES) {
    return invalidArgument(`Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`);
  }
  try {
    return parse(bytes);
  } catch (cause) {
    if (cause instanceof FirestoreError) return cause;
    return invalidArgument(`The request is malformed: ${String(cause)}`);
  }
}

/** @throws FirestoreError when the request could not be decoded. */
export function accepted<T>(request: Decoded<T>): T {
  if (request instanceof FirestoreError) throw request;
  return request;
}

/** A refusal as grpc-js sends it. */
export function toStatus(cause: unknown): { code: status; details: string } {
  const { code, message } = toFirestoreError(cause);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the codes are gRPC's own
  return { code, details: message };
}

/** Serves a method with one answer. */
export function unary(handle: (request: never) => object | Promise<object>): UntypedHandleCall {
  const call: handleUnaryCall<Decoded<object>, object> = (
    { request }: ServerUnaryCall<Decoded<object>, object>,
    callback,
  ) => {
    answer(handle, request).then(
      (response) => callback(null, response),
      (cause: unknown) => callback(toStatus(cause)),
    );
  };
  return call as UntypedHandleCall;
}

async function answer(
  handle: (request: never) => object | Promise<object>,
  request: Decoded<object>,
): Promise<object> {
  return handle(accepted(request) as never);
}

/** Serves a method with a stream of answers, going no faster than the client reads. */
export function serverStreaming(handle: (request: never) => Iterable<object>): UntypedHandleCall {
  const call: handleServerStreamingCall<Decoded<object>, object> = (stream) => {
    send(stream, () => handle(accepted(stream.request) as never)).catch((cause: unknown) => {
      stream.emit('error', toStatus(cause));
    });
  };
  return call as UntypedHandleCall;
}

async function send(
  stream: ServerWritableStream<Decoded<object>, object>,
  answers: () => Iterable<object>,
): Promise<void> {
  const stopped = new AbortController();
  stream.once('cancelled', () => stopped.abort());
  for (const answer of answers()) {
    if (stopped.signal.aborted) return;
    if (!stream.write(answer)) {
      await once(stream, 'drain', { signal: stopped.signal }).catch(() => undefined);
    }
  }
  stream.end();
}
