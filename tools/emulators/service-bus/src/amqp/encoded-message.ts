import { BrokerError } from '../broker/broker-error.ts';
import type { MessageContent, PropertyValue, SystemProperty } from '../broker/message.ts';
import {
  checkCompound,
  eachMapEntry,
  endOfValue,
  openCompound,
  readValue,
} from './value-reader.ts';
import { NULL, writeList, writeSection, writeString } from './value-writer.ts';

/** The sections of a message, by descriptor (AMQP 1.0, part 3: Messaging, 3.2). */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

/** The fields of the properties section, in their order. */
const PROPERTY_FIELDS = [
  'message-id',
  'user-id',
  'to',
  'subject',
  'reply-to',
  'correlation-id',
  'content-type',
  'content-encoding',
  'absolute-expiry-time',
  'creation-time',
  'group-id',
  'group-sequence',
  'reply-to-group-id',
] as const;

/** Where things lie in the bytes of a message; -1 means absent. Offsets are those of section values. */
interface Layout {
  headerAt: number;
  annotationsAt: number;
  propertiesAt: number;
  applicationAt: number;
  applicationEnd: number;
  /** Where the sections begin that are passed on as they are: properties, application properties, body. */
  bareAt: number;
  /** Where the body begins. */
  bodyAt: number;
}

const FIELD_OF: Partial<Record<SystemProperty, (typeof PROPERTY_FIELDS)[number]>> = {
  messageid: 'message-id',
  to: 'to',
  label: 'subject',
  replyto: 'reply-to',
  correlationid: 'correlation-id',
  contenttype: 'content-type',
  sessionid: 'group-id',
  replytosessionid: 'reply-to-group-id',
};

/** The field of the properties section that a system property is kept in, if it is one. */
export function fieldOf(name: SystemProperty): number {
  const field = FIELD_OF[name];
  return field ? PROPERTY_FIELDS.indexOf(field) : -1;
}

const ANNOTATION_OF: Partial<Record<SystemProperty, string>> = {
  scheduledenqueuetimeutc: 'x-opt-scheduled-enqueue-time',
  partitionkey: 'x-opt-partition-key',
  viapartitionkey: 'x-opt-via-partition-key',
};

/** A message in its AMQP encoding. Only offsets are kept beside the bytes; values are read when asked for. */
export class EncodedMessage implements MessageContent {
  readonly bytes: Buffer;
  readonly layout: Readonly<Layout>;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly timeToLiveMs: number | undefined;
  readonly scheduledForMs: number | undefined;

  constructor(bytes: Buffer, layout: Layout) {
    this.bytes = bytes;
    this.layout = layout;
    this.messageId = textOf(this.field(0)) ?? '';
    this.sessionId = textOf(this.field(10));
    const ttl = this.headerField(2);
    this.timeToLiveMs = typeof ttl === 'number' ? ttl : this.#lifetime();
    const scheduled =
      layout.annotationsAt < 0 ? undefined : this.annotation('x-opt-scheduled-enqueue-time');
    this.scheduledForMs = scheduled instanceof Date ? scheduled.getTime() : undefined;
  }

  /** A field of the header section; undefined when there is none. */
  headerField(index: number): PropertyValue {
    return fieldAt(this.bytes, this.layout.headerAt, index);
  }

  /** A field of the properties section; undefined when there is none. */
  field(index: number): PropertyValue {
    return fieldAt(this.bytes, this.layout.propertiesAt, index);
  }

  annotation(name: string): PropertyValue {
    let found: PropertyValue;
    if (this.layout.annotationsAt >= 0) {
      eachMapEntry(this.bytes, this.layout.annotationsAt, (key, start) => {
        if (key === name) found = readValue(this.bytes, start);
      });
    }
    return found;
  }

  systemProperty(name: SystemProperty): PropertyValue {
    const field = fieldOf(name);
    if (field >= 0) return this.field(field);
    const annotation = ANNOTATION_OF[name];
    if (annotation) return this.annotation(annotation);
    return name === 'timetolive' ? this.timeToLiveMs : undefined;
  }

  applicationProperties(): ReadonlyMap<string, PropertyValue> {
    const properties = new Map<string, PropertyValue>();
    if (this.layout.applicationAt >= 0) {
      eachMapEntry(this.bytes, this.layout.applicationAt, (key, start) => {
        properties.set(String(key), readValue(this.bytes, start));
      });
    }
    return properties;
  }

  /** What remains between creation and absolute expiry, when the header says nothing. */
  #lifetime(): number | undefined {
    const expiry = this.field(8);
    const creation = this.field(9);
    if (!(expiry instanceof Date) || !(creation instanceof Date)) return undefined;
    return Math.max(expiry.getTime() - creation.getTime(), 0);
  }
}

function textOf(value: PropertyValue): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

function fieldAt(bytes: Buffer, listAt: number, index: number): PropertyValue {
  if (listAt < 0) return undefined;
  const { count, start } = openCompound(bytes, listAt);
  if (index >= count) return undefined;
  let at = start;
  for (let skipped = 0; skipped < index; skipped += 1) at = endOfValue(bytes, at);
  return readValue(bytes, at) ?? undefined;
}

function layOut(bytes: Buffer): Layout {
  const layout: Layout = {
    headerAt: -1,
    annotationsAt: -1,
    propertiesAt: -1,
    applicationAt: -1,
    applicationEnd: -1,
    bareAt: bytes.length,
    bodyAt: bytes.length,
  };
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== 0x00) throw new BrokerError('decode-error', 'A message section is expected.');
    const code = Number(readValue(bytes, at + 1));
    const valueAt = endOfValue(bytes, at + 1);
    const end = endOfValue(bytes, valueAt);
    if (code === SECTION.header) layout.headerAt = valueAt;
    else if (code === SECTION.messageAnnotations) layout.annotationsAt = valueAt;
    else if (code === SECTION.properties) layout.propertiesAt = valueAt;
    else if (code === SECTION.applicationProperties) {
      layout.applicationAt = valueAt;
      layout.applicationEnd = end;
    }
    if (code <= SECTION.applicationProperties) checkCompound(bytes, valueAt);
    if (code >= SECTION.properties) layout.bareAt = Math.min(layout.bareAt, at);
    if (code >= SECTION.data) layout.bodyAt = Math.min(layout.bodyAt, at);
    at = end;
  }
  return layout;
}

/** Reads what the broker has to know of a message. Throws `decode-error`. */
export function parseMessage(bytes: Buffer): EncodedMessage {
  return new EncodedMessage(bytes, layOut(bytes));
}

/** The same for a message that has just been sent: it is given an id if it has none. */
export function acceptMessage(bytes: Buffer, newId: () => string): EncodedMessage {
  const layout = layOut(bytes);
  if (fieldAt(bytes, layout.propertiesAt, 0) !== undefined) {
    // The frame it came in may be shared with many messages; a copy lets go of the frame.
    const own = Buffer.allocUnsafe(bytes.length);
    bytes.copy(own);
    return new EncodedMessage(own, layout);
  }
  return parseMessage(withMessageId(bytes, layout, writeString(newId())));
}

function withMessageId(bytes: Buffer, layout: Layout, id: Buffer): Buffer {
  const fields = rawFields(bytes, layout.propertiesAt);
  fields[0] = id;
  const restAt = layout.propertiesAt < 0 ? layout.bareAt : endOfValue(bytes, layout.propertiesAt);
  return Buffer.concat([
    bytes.subarray(0, layout.bareAt),
    writeSection(SECTION.properties, writeList(fields)),
    bytes.subarray(restAt),
  ]);
}

/** The encoded fields of a list, as they are. */
export function rawFields(bytes: Buffer, listAt: number): Buffer[] {
  const fields: Buffer[] = [];
  if (listAt < 0) return fields;
  const { count, start } = openCompound(bytes, listAt);
  let at = start;
  for (let index = 0; index < count; index += 1) {
    const end = endOfValue(bytes, at);
    fields.push(bytes.subarray(at, end));
    at = end;
  }
  return fields;
}

/** Fills the holes of a list of fields with nulls. */
export function withoutHoles(fields: readonly (Buffer | undefined)[]): Buffer[] {
  return Array.from(fields, (field) => field ?? NULL);
}

/** The messages of a batch: each data section is one (message format 0x80013700). */
export function splitBatch(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const code = Number(readValue(bytes, at + 1));
    const valueAt = endOfValue(bytes, at + 1);
    if (code === SECTION.data) {
      const message = readValue(bytes, valueAt);
      if (Buffer.isBuffer(message)) messages.push(message);
    }
    at = endOfValue(bytes, valueAt);
  }
  if (messages.length === 0) throw new BrokerError('decode-error', 'The batch is empty.');
  return messages;
}
