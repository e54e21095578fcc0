import type { Entry, MessageChanges, MessageContent } from '../broker/message.ts';
import {
  EncodedMessage,
  fieldOf,
  parseMessage,
  rawFields,
  SECTION,
  withoutHoles,
} from './encoded-message.ts';
import { eachMapEntry, endOfValue } from './value-reader.ts';
import {
  NULL,
  writeInt,
  writeList,
  writeLong,
  writeMap,
  writeSection,
  writeString,
  writeSymbol,
  writeTimestamp,
  writeUint,
  writeValue,
} from './value-writer.ts';

/** Annotations that only the broker writes; what a client sends under these names is dropped. */
const OWN_ANNOTATIONS = new Set([
  'x-opt-sequence-number',
  'x-opt-enqueue-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-deadletter-source',
]);

const KEY = {
  sequence: writeSymbol('x-opt-sequence-number'),
  enqueuedSequence: writeSymbol('x-opt-enqueue-sequence-number'),
  enqueuedTime: writeSymbol('x-opt-enqueued-time'),
  lockedUntil: writeSymbol('x-opt-locked-until'),
  state: writeSymbol('x-opt-message-state'),
  deadLetterSource: writeSymbol('x-opt-deadletter-source'),
} as const;

const MAX_UINT = 0xffff_ffff;
const DEFERRED = 1;
const SCHEDULED = 2;

/**
 * Encodes an entry for a receiver: a header and annotations of the broker's, then the sender's own bytes
 * from the properties section on, as they came.
 *
 * @param lockedUntilMs - Absent for messages that are peeked, or deleted as they are received.
 * @param withBody - Without it, an empty body takes the place of the message's (peek can ask for that).
 */
export function encodeEntry(
  entry: Entry,
  lockedUntilMs: number | undefined,
  withBody = true,
): Buffer {
  const message = encoded(entry.content);
  const head = [headerOf(message, entry), annotationsOf(message, entry, lockedUntilMs)];
  if (!withBody) {
    const { bareAt, bodyAt } = message.layout;
    return Buffer.concat([
      ...head,
      message.bytes.subarray(bareAt, bodyAt),
      writeSection(SECTION.data, Buffer.of(0xa0, 0)),
    ]);
  }
  return Buffer.concat([
    ...head,
    ...(entry.changes ? changedBytes(message, entry.changes) : [bareBytes(message)]),
  ]);
}

function encoded(content: MessageContent): EncodedMessage {
  return content instanceof EncodedMessage ? content : parseMessage(content.bytes);
}

function bareBytes({ bytes, layout }: EncodedMessage): Buffer {
  return bytes.subarray(layout.bareAt);
}

function headerOf(message: EncodedMessage, entry: Entry): Buffer {
  const fields = withoutHoles(rawFields(message.bytes, message.layout.headerAt));
  while (fields.length < 4) fields.push(NULL);
  const lifetimeMs = Math.trunc(entry.expiresAtMs - entry.enqueuedAtMs);
  // The entity's own time to live may be shorter than the sender's; receivers are shown what counts.
  if (lifetimeMs <= MAX_UINT) fields[2] = writeUint(lifetimeMs);
  fields[4] = writeUint(entry.deliveryCount);
  return writeSection(SECTION.header, writeList(fields));
}

function annotationsOf(
  message: EncodedMessage,
  entry: Entry,
  lockedUntilMs: number | undefined,
): Buffer {
  const items = [
    KEY.sequence,
    writeLong(entry.sequence),
    KEY.enqueuedSequence,
    writeLong(entry.enqueuedSequence),
    KEY.enqueuedTime,
    writeTimestamp(entry.enqueuedAtMs),
  ];
  if (lockedUntilMs !== undefined) items.push(KEY.lockedUntil, writeTimestamp(lockedUntilMs));
  const state = entry.state === 'scheduled' ? SCHEDULED : entry.deferred ? DEFERRED : 0;
  items.push(KEY.state, writeInt(state));
  if (entry.deadLetterSource !== undefined) {
    items.push(KEY.deadLetterSource, writeString(entry.deadLetterSource));
  }
  const { bytes, layout } = message;
  if (layout.annotationsAt >= 0) {
    eachMapEntry(bytes, layout.annotationsAt, (key, start, end, keyStart) => {
      if (OWN_ANNOTATIONS.has(String(key))) return;
      items.push(bytes.subarray(keyStart, start), bytes.subarray(start, end));
    });
  }
  return writeSection(SECTION.messageAnnotations, writeMap(items));
}

function changedBytes(message: EncodedMessage, changes: MessageChanges): Buffer[] {
  const { bytes, layout } = message;
  const parts: Buffer[] = [];
  if (changes.system.size > 0) parts.push(changedProperties(message, changes));
  else if (layout.propertiesAt >= 0) {
    const end = endOfValue(bytes, layout.propertiesAt);
    parts.push(bytes.subarray(layout.bareAt, end));
  }
  parts.push(changedApplicationProperties(message, changes), bytes.subarray(layout.bodyAt));
  return parts;
}

function changedProperties({ bytes, layout }: EncodedMessage, changes: MessageChanges): Buffer {
  const fields = rawFields(bytes, layout.propertiesAt);
  for (const [name, value] of changes.system) {
    const place = fieldOf(name);
    if (place >= 0) fields[place] = writeValue(value);
  }
  return writeSection(SECTION.properties, writeList(withoutHoles(fields)));
}

function changedApplicationProperties(
  { bytes, layout }: EncodedMessage,
  changes: MessageChanges,
): Buffer {
  const items: Buffer[] = [];
  if (layout.applicationAt >= 0) {
    eachMapEntry(bytes, layout.applicationAt, (key, start, end, keyStart) => {
      if (changes.application.has(String(key))) return;
      items.push(bytes.subarray(keyStart, start), bytes.subarray(start, end));
    });
  }
  for (const [key, value] of changes.application) {
    if (value !== undefined) items.push(writeString(key), writeValue(value));
  }
  return writeSection(SECTION.applicationProperties, writeMap(items));
}
