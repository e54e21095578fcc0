import type { Reader, Writer } from 'protobufjs';
import type { LiveVersion } from '../store/document.ts';
import type { Timestamp } from '../values/timestamp.ts';
import { type Micros } from '../values/timestamp.ts';
import type { Fields } from '../values/value.ts';
import { readFieldEntry, readTimestamp, writeFields, writeMicros } from './value-codec.ts';

/** `google.firestore.v1.Document`; times are absent on a document that a client sends. */
export interface Document {
  readonly name: string;
  readonly fields: Fields;
  readonly createTime?: Micros | undefined;
  readonly updateTime?: Micros | undefined;
}

const NAME_TAG = (1 << 3) | 2;
const FIELDS_TAG = (2 << 3) | 2;
const CREATE_TIME_TAG = (3 << 3) | 2;
const UPDATE_TIME_TAG = (4 << 3) | 2;

/** A stored version as the document that clients and triggers receive. */
export function toDocument(name: string, version: LiveVersion, fields?: Fields): Document {
  return {
    name,
    fields: fields ?? version.fields,
    createTime: version.createTime,
    updateTime: version.time,
  };
}

export function readDocument(reader: Reader, end: number): Document {
  let name = '';
  let createTime: Timestamp | undefined;
  let updateTime: Timestamp | undefined;
  const fields: Fields = new Map();
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === NAME_TAG) name = reader.string();
    else if (tag === FIELDS_TAG) readFieldEntry(reader, reader.uint32() + reader.pos, fields);
    else if (tag === CREATE_TIME_TAG) {
      createTime = readTimestamp(reader, reader.uint32() + reader.pos);
    } else if (tag === UPDATE_TIME_TAG) {
      updateTime = readTimestamp(reader, reader.uint32() + reader.pos);
    } else reader.skipType(tag & 7);
  }
  return {
    name,
    fields,
    createTime: createTime?.toMicros(),
    updateTime: updateTime?.toMicros(),
  };
}

export function writeDocument(writer: Writer, document: Document): Writer {
  writer.uint32(NAME_TAG).string(document.name);
  writeFields(writer, document.fields, FIELDS_TAG);
  if (document.createTime !== undefined) writeMicros(writer, CREATE_TIME_TAG, document.createTime);
  if (document.updateTime !== undefined) writeMicros(writer, UPDATE_TIME_TAG, document.updateTime);
  return writer;
}
