import type { Reader, Writer } from 'protobufjs';
import { invalidArgument } from '../status.ts';
import { Timestamp, type Micros } from '../values/timestamp.ts';
import { GeoPoint, Reference, type Fields, type Value } from '../values/value.ts';

/**
 * Encodes and decodes `google.firestore.v1.Value` straight to and from the emulator's values. The
 * numbers are field tags, `field << 3 | wire type`. Source: google/firestore/v1/document.proto.
 */
const MAX_DECODE_DEPTH = 100;

const TAG = {
  boolean: (1 << 3) | 0,
  integer: (2 << 3) | 0,
  double: (3 << 3) | 1,
  reference: (5 << 3) | 2,
  map: (6 << 3) | 2,
  geoPoint: (8 << 3) | 2,
  array: (9 << 3) | 2,
  timestamp: (10 << 3) | 2,
  null: (11 << 3) | 0,
  string: (17 << 3) | 2,
  bytes: (18 << 3) | 2,
} as const;

const FIRST_VARINT = (1 << 3) | 0;
const SECOND_VARINT = (2 << 3) | 0;
const FIRST_DOUBLE = (1 << 3) | 1;
const SECOND_DOUBLE = (2 << 3) | 1;
const FIRST_BYTES = (1 << 3) | 2;
const SECOND_BYTES = (2 << 3) | 2;

/** @throws FirestoreError INVALID_ARGUMENT for a value of no type or of one documents cannot hold. */
export function readValue(reader: Reader, end: number, depth = 0): Value {
  if (depth > MAX_DECODE_DEPTH) throw invalidArgument('The value is nested too deeply.');
  let value: Value | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    switch (tag) {
      case TAG.null:
        reader.int32();
        value = null;
        break;
      case TAG.boolean:
        value = reader.bool();
        break;
      case TAG.integer:
        value = readInt64(reader);
        break;
      case TAG.double:
        value = reader.double();
        break;
      case TAG.string:
        value = reader.string();
        break;
      case TAG.bytes:
        value = Uint8Array.prototype.slice.call(reader.bytes());
        break;
      case TAG.reference:
        value = new Reference(reader.string());
        break;
      case TAG.timestamp: {
        const { seconds, nanos } = readTimestamp(reader, reader.uint32() + reader.pos);
        value = new Timestamp(seconds, nanos - (nanos % 1000));
        break;
      }
      case TAG.geoPoint:
        value = readGeoPoint(reader, reader.uint32() + reader.pos);
        break;
      case TAG.array:
        value = readArray(reader, reader.uint32() + reader.pos, depth + 1);
        break;
      case TAG.map:
        value = readMap(reader, reader.uint32() + reader.pos, depth + 1);
        break;
      default:
        throw invalidArgument(`The value has a type that cannot be stored (field ${tag >>> 3}).`);
    }
  }
  if (value === undefined) throw invalidArgument('A value has no value_type set.');
  return value;
}

/** Reads one entry of `map<string, Value>` at field `reader` has just seen, into `fields`. */
export function readFieldEntry(reader: Reader, end: number, fields: Fields, depth = 0): void {
  let name = '';
  let value: Value | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST_BYTES) name = reader.string();
    else if (tag === SECOND_BYTES) value = readValue(reader, reader.uint32() + reader.pos, depth);
    else reader.skipType(tag & 7);
  }
  if (value === undefined) throw invalidArgument(`Property ${name} has no value.`);
  fields.set(name, value);
}

export function readArray(reader: Reader, end: number, depth = 0): Value[] {
  const values: Value[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST_BYTES) values.push(readValue(reader, reader.uint32() + reader.pos, depth));
    else reader.skipType(tag & 7);
  }
  return values;
}

function readMap(reader: Reader, end: number, depth: number): Fields {
  const fields: Fields = new Map();
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST_BYTES) readFieldEntry(reader, reader.uint32() + reader.pos, fields, depth);
    else reader.skipType(tag & 7);
  }
  return fields;
}

export function readTimestamp(reader: Reader, end: number): Timestamp {
  let seconds = 0;
  let nanos = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST_VARINT) seconds = Number(readInt64(reader));
    else if (tag === SECOND_VARINT) nanos = reader.int32();
    else reader.skipType(tag & 7);
  }
  if (nanos < 0 || nanos > 999_999_999 || seconds < -62_135_596_800 || seconds > 253_402_300_799) {
    throw invalidArgument('Timestamp is out of the range 0001-01-01T00:00:00Z to 9999-12-31.');
  }
  return new Timestamp(seconds, nanos);
}

function readGeoPoint(reader: Reader, end: number): GeoPoint {
  let latitude = 0;
  let longitude = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === FIRST_DOUBLE) latitude = reader.double();
    else if (tag === SECOND_DOUBLE) longitude = reader.double();
    else reader.skipType(tag & 7);
  }
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
    throw invalidArgument('GeoPoint latitude must be -90..90 and longitude -180..180.');
  }
  return new GeoPoint(latitude, longitude);
}

function readInt64(reader: Reader): bigint {
  const long = reader.int64();
  if (typeof long === 'number') return BigInt(long);
  const high = long.high | 0;
  const low = long.low >>> 0;
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
}

export function writeValue(writer: Writer, value: Value): Writer {
  switch (typeof value) {
    case 'boolean':
      return writer.uint32(TAG.boolean).bool(value);
    case 'bigint':
      return writeInt64(writer.uint32(TAG.integer), value);
    case 'number':
      return writer.uint32(TAG.double).double(value);
    case 'string':
      return writer.uint32(TAG.string).string(value);
    case 'object':
      if (value === null) return writer.uint32(TAG.null).int32(0);
      return writeObject(writer, value);
    default:
      throw new TypeError(`A ${typeof value} is no Firestore value.`);
  }
}

function writeObject(writer: Writer, value: Exclude<Value & object, null>): Writer {
  if (Array.isArray(value)) {
    return writeArray(writer.uint32(TAG.array).fork(), value).ldelim();
  }
  if (value instanceof Map) {
    return writeFields(writer.uint32(TAG.map).fork(), value, FIRST_BYTES).ldelim();
  }
  if (value instanceof Timestamp) {
    return writeTimestamp(writer.uint32(TAG.timestamp).fork(), value).ldelim();
  }
  if (value instanceof Reference) return writer.uint32(TAG.reference).string(value.name);
  if (value instanceof GeoPoint) {
    writer.uint32(TAG.geoPoint).fork();
    writer.uint32(FIRST_DOUBLE).double(value.latitude);
    return writer.uint32(SECOND_DOUBLE).double(value.longitude).ldelim();
  }
  return writer.uint32(TAG.bytes).bytes(value);
}

export function writeArray(writer: Writer, values: readonly Value[]): Writer {
  for (const item of values) writeValue(writer.uint32(FIRST_BYTES).fork(), item).ldelim();
  return writer;
}

/** Writes `map<string, Value>` under the field whose length-delimited tag is `tag`. */
export function writeFields(writer: Writer, fields: Fields, tag: number): Writer {
  for (const [name, value] of fields) {
    writer.uint32(tag).fork().uint32(FIRST_BYTES).string(name);
    writeValue(writer.uint32(SECOND_BYTES).fork(), value).ldelim().ldelim();
  }
  return writer;
}

export function writeTimestamp(writer: Writer, { seconds, nanos }: Timestamp): Writer {
  if (seconds !== 0) writer.uint32(FIRST_VARINT).int64(seconds);
  if (nanos !== 0) writer.uint32(SECOND_VARINT).int32(nanos);
  return writer;
}

export function writeMicros(writer: Writer, tag: number, micros: Micros): Writer {
  return writeTimestamp(writer.uint32(tag).fork(), Timestamp.fromMicros(micros)).ldelim();
}

function writeInt64(writer: Writer, value: bigint): Writer {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return writer.int64({ low, high, unsigned: false });
}
