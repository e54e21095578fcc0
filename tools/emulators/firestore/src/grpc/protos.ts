import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf, { type Reader, type Type, type Writer } from 'protobufjs';
import type { Timestamp } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';
import { readDocument, writeDocument, type Document } from './document-codec.ts';
import {
  readArray,
  readTimestamp,
  readValue,
  writeArray,
  writeTimestamp,
  writeValue,
} from './value-codec.ts';

/** The namespace of all messages of the service. */
const PACKAGE = 'google.firestore.v1';

let loaded: protobuf.Root | undefined;

/** The service's messages as the Firestore client ships them, with values decoded losslessly. */
export function loadProtos(): protobuf.Root {
  loaded ??= load();
  return loaded;
}

/** The service's messages as they are, without codecs of ours. Each call gives a copy. */
export function loadPlainProtos(): protobuf.Root {
  const client = createRequire(import.meta.url).resolve('@google-cloud/firestore');
  const file = join(dirname(client), '..', 'protos', 'v1.json');
  const root = protobuf.Root.fromJSON(
    JSON.parse(readFileSync(file, 'utf8')) as protobuf.INamespace,
  );
  addVerify(root.lookupType(`${PACKAGE}.Write`));
  root.resolveAll();
  return root;
}

function load(): protobuf.Root {
  const root = loadPlainProtos();
  replaceCodec<Value>(root.lookupType(`${PACKAGE}.Value`), readValue, writeValue);
  replaceCodec<Value[]>(root.lookupType(`${PACKAGE}.ArrayValue`), readArray, writeArray);
  replaceCodec<Document>(root.lookupType(`${PACKAGE}.Document`), readDocument, writeDocument);
  replaceCodec<Timestamp>(
    root.lookupType('google.protobuf.Timestamp'),
    readTimestamp,
    writeTimestamp,
  );
  return root;
}

/** Web and mobile clients send `verify`, which the published proto leaves out. */
function addVerify(write: Type): void {
  const verify = new protobuf.Field('verify', 5, 'string');
  write.add(verify);
  write.oneofs.operation?.add(verify);
}

/**
 * Makes messages of one type take another shape than protobufjs gives them. The generated codecs of
 * the messages around it look these two functions up on the type at every call.
 */
function replaceCodec<T>(
  type: Type,
  read: (reader: Reader, end: number) => T,
  write: (writer: Writer, value: T) => Writer,
): void {
  type.setup();
  const codec = type as unknown as {
    decode(input: Reader | Uint8Array, length?: number): T;
    encode(message: T, writer?: Writer): Writer;
  };
  codec.decode = (input, length) => {
    const reader = input instanceof Uint8Array ? protobuf.Reader.create(input) : input;
    return read(reader, length === undefined ? reader.len : reader.pos + length);
  };
  codec.encode = (message, writer) => write(writer ?? protobuf.Writer.create(), message);
}
