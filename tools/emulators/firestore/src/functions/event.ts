import protobuf from 'protobufjs';
import { toDocument, writeDocument } from '../grpc/document-codec.ts';
import type { DocumentChange, LiveVersion } from '../store/document.ts';
import { parseDatabaseName } from '../store/names.ts';
import { formatMicros } from '../values/timestamp.ts';
import { changedPaths } from './changed-paths.ts';
import type { CloudEvent } from './target.ts';

const SCHEMA =
  'https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto';

const VALUE_TAG = (1 << 3) | 2;
const OLD_VALUE_TAG = (2 << 3) | 2;
const UPDATE_MASK_TAG = (3 << 3) | 2;
const FIELD_PATHS_TAG = (1 << 3) | 2;

/** A change on its way to functions; `id` stays the same however often it is delivered. */
export interface ChangeEvent {
  readonly id: string;
  readonly databaseName: string;
  readonly change: DocumentChange;
}

/** The CloudEvent that Eventarc sends for a change. Source: the Eventarc docs for Firestore triggers. */
export function toCloudEvent(
  { id, databaseName, change }: ChangeEvent,
  type: string,
  location: string,
): CloudEvent {
  const { project, database } = parseDatabaseName(databaseName);
  return {
    specversion: '1.0',
    id,
    type,
    source: `//firestore.googleapis.com/${databaseName}`,
    subject: `documents/${change.path}`,
    time: formatMicros(change.commitTime),
    datacontenttype: 'application/protobuf',
    dataschema: SCHEMA,
    project,
    database,
    namespace: '(default)',
    location,
    document: change.path,
    ...(type.endsWith('.withAuthContext') && { authtype: 'unknown' }),
    data: encodeEventData(databaseName, change),
  };
}

/** Encodes `google.events.cloud.firestore.v1.DocumentEventData`. */
function encodeEventData(databaseName: string, change: DocumentChange): Buffer {
  const { path, before, after } = change;
  const name = `${databaseName}/documents/${path}`;
  const writer = protobuf.Writer.create();
  const write = (tag: number, version: LiveVersion) =>
    writeDocument(writer.uint32(tag).fork(), toDocument(name, version)).ldelim();
  if (after !== undefined) write(VALUE_TAG, after);
  if (before !== undefined) write(OLD_VALUE_TAG, before);
  if (after !== undefined && before !== undefined) {
    writer.uint32(UPDATE_MASK_TAG).fork();
    for (const field of changedPaths(before.fields, after.fields)) {
      writer.uint32(FIELD_PATHS_TAG).string(field);
    }
    writer.ldelim();
  }
  return Buffer.from(writer.finish());
}
