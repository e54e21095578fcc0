import type { PropertyValue } from '../broker/message.ts';

/**
 * Encodes AMQP 1.0 values (AMQP 1.0, part 1: Types). Each function returns the complete value,
 * constructor included.
 */

export const NULL = Buffer.of(0x40);
const TRUE = Buffer.of(0x41);
const FALSE = Buffer.of(0x42);

export function writeLong(value: number | bigint): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = 0x81;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

export function writeTimestamp(atMs: number): Buffer {
  const bytes = writeLong(Math.trunc(atMs));
  bytes[0] = 0x83;
  return bytes;
}

export function writeInt(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = 0x71;
  bytes.writeInt32BE(value, 1);
  return bytes;
}

export function writeUint(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = 0x70;
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

function writeDouble(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = 0x82;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function writeSized(short: number, long: number, content: Buffer): Buffer {
  const small = content.length < 256;
  const head = Buffer.allocUnsafe(small ? 2 : 5);
  head[0] = small ? short : long;
  if (small) head[1] = content.length;
  else head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

export const writeString = (value: string): Buffer => writeSized(0xa1, 0xb1, Buffer.from(value));
export const writeSymbol = (value: string): Buffer => writeSized(0xa3, 0xb3, Buffer.from(value));
const writeBinary = (value: Buffer): Buffer => writeSized(0xa0, 0xb0, value);

function writeCompound(code: number, items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items);
  const head = Buffer.allocUnsafe(9);
  head[0] = code;
  head.writeUInt32BE(content.length + 4, 1);
  head.writeUInt32BE(items.length, 5);
  return Buffer.concat([head, content]);
}

/** A list of values that are encoded already. */
export const writeList = (items: readonly Buffer[]): Buffer => writeCompound(0xd0, items);

/** A map of keys and values, in turn, that are encoded already. */
export const writeMap = (items: readonly Buffer[]): Buffer => writeCompound(0xd1, items);

/** A section of a message: a described value with a one-byte descriptor. */
export const writeSection = (code: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.of(0x00, 0x53, code), value]);

/** Encodes a property by the type it has in JavaScript: whole numbers become int, or long. */
export function writeValue(value: PropertyValue): Buffer {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'boolean':
      return value ? TRUE : FALSE;
    case 'bigint':
      return writeLong(value);
    case 'number':
      if (!Number.isInteger(value)) return writeDouble(value);
      if (value >= -0x8000_0000 && value <= 0x7fff_ffff) return writeInt(value);
      return Number.isSafeInteger(value) ? writeLong(value) : writeDouble(value);
    case 'object':
      if (value === null) return NULL;
      if (value instanceof Date) return writeTimestamp(value.getTime());
      if (Buffer.isBuffer(value)) return writeBinary(value);
      return writeList(value.map(writeValue));
    default:
      return NULL;
  }
}
