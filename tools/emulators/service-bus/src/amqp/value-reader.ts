import { BrokerError } from '../broker/broker-error.ts';
import type { PropertyValue } from '../broker/message.ts';

/**
 * Reads AMQP 1.0 values out of bytes (AMQP 1.0, part 1: Types). Only what the broker has to understand
 * itself goes through here: headers, annotations and properties. Throws `decode-error` on nonsense.
 */

const malformed = (): BrokerError => new BrokerError('decode-error', 'The message is malformed.');

/** Where a value ends that starts at `offset`. */
export function endOfValue(bytes: Buffer, offset: number): number {
  const code = bytes[offset];
  if (code === undefined) throw malformed();
  if (code === 0x00) return endOfValue(bytes, endOfValue(bytes, offset + 1));
  const end = offset + 1 + widthOf(code, bytes, offset + 1);
  if (end > bytes.length) throw malformed();
  return end;
}

function widthOf(code: number, bytes: Buffer, offset: number): number {
  switch (code >> 4) {
    case 0x4:
      return 0;
    case 0x5:
      return 1;
    case 0x6:
      return 2;
    case 0x7:
      return 4;
    case 0x8:
      return 8;
    case 0x9:
      return 16;
    case 0xa:
    case 0xc:
    case 0xe:
      if (offset >= bytes.length) throw malformed();
      return 1 + bytes.readUInt8(offset);
    case 0xb:
    case 0xd:
    case 0xf:
      if (offset + 4 > bytes.length) throw malformed();
      return 4 + bytes.readUInt32BE(offset);
    default:
      throw malformed();
  }
}

/** What a list or a map consists of. */
export interface Compound {
  readonly count: number;
  /** Where the first item starts. */
  readonly start: number;
}

/** Opens a list or map. Null counts as empty. */
export function openCompound(bytes: Buffer, offset: number): Compound {
  switch (bytes[offset]) {
    case 0x40:
    case 0x45:
      return { count: 0, start: offset + 1 };
    case 0xc0:
    case 0xc1:
      if (offset + 3 > bytes.length) throw malformed();
      return { count: bytes.readUInt8(offset + 2), start: offset + 3 };
    case 0xd0:
    case 0xd1:
      if (offset + 9 > bytes.length) throw malformed();
      return { count: bytes.readUInt32BE(offset + 5), start: offset + 9 };
    default:
      throw malformed();
  }
}

/** Throws unless all items of a list or map are there, and end within it. */
export function checkCompound(bytes: Buffer, offset: number): void {
  const { count, start } = openCompound(bytes, offset);
  const end = endOfValue(bytes, offset);
  let at = start;
  for (let index = 0; index < count; index += 1) {
    at = endOfValue(bytes, at);
    if (at > end) throw malformed();
  }
}

/** Decodes one value. Numbers that a double cannot hold come as bigint; what is unknown, as bytes. */
export function readValue(bytes: Buffer, offset: number): PropertyValue {
  const end = endOfValue(bytes, offset);
  const at = offset + 1;
  const code = bytes.readUInt8(offset);
  switch (code) {
    case 0x00:
      return readValue(bytes, endOfValue(bytes, at));
    case 0x40:
      return null;
    case 0x41:
      return true;
    case 0x42:
      return false;
    case 0x56:
      return bytes.readUInt8(at) !== 0;
    case 0x43:
    case 0x44:
      return 0;
    case 0x50:
    case 0x52:
    case 0x53:
      return bytes.readUInt8(at);
    case 0x51:
    case 0x54:
    case 0x55:
      return bytes.readInt8(at);
    case 0x60:
      return bytes.readUInt16BE(at);
    case 0x61:
      return bytes.readInt16BE(at);
    case 0x70:
      return bytes.readUInt32BE(at);
    case 0x71:
      return bytes.readInt32BE(at);
    case 0x72:
      return bytes.readFloatBE(at);
    case 0x73:
      return String.fromCodePoint(Math.min(bytes.readUInt32BE(at), 0x10ffff));
    case 0x80:
      return narrow(bytes.readBigUInt64BE(at));
    case 0x81:
      return narrow(bytes.readBigInt64BE(at));
    case 0x82:
      return bytes.readDoubleBE(at);
    case 0x83:
      return new Date(Number(bytes.readBigInt64BE(at)));
    case 0x98:
      return formatUuid(bytes.subarray(at, end));
    case 0xa0:
      return bytes.subarray(at + 1, end);
    case 0xb0:
      return bytes.subarray(at + 4, end);
    case 0xa1:
    case 0xa3:
      return bytes.toString('utf8', at + 1, end);
    case 0xb1:
    case 0xb3:
      return bytes.toString('utf8', at + 4, end);
    case 0x45:
    case 0xc0:
    case 0xd0:
      return readList(bytes, offset);
    default:
      return bytes.subarray(offset, end);
  }
}

function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value;
}

function readList(bytes: Buffer, offset: number): PropertyValue[] {
  const { count, start } = openCompound(bytes, offset);
  const items: PropertyValue[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    items.push(readValue(bytes, at));
    at = endOfValue(bytes, at);
  }
  return items;
}

/** Walks over a map: calls `visit` with each key and with where its value starts and ends. */
export function eachMapEntry(
  bytes: Buffer,
  offset: number,
  visit: (key: PropertyValue, start: number, end: number, keyStart: number) => void,
): void {
  const { count, start } = openCompound(bytes, offset);
  let at = start;
  for (let index = 0; index + 1 < count; index += 2) {
    const valueStart = endOfValue(bytes, at);
    const end = endOfValue(bytes, valueStart);
    visit(readValue(bytes, at), valueStart, end, at);
    at = end;
  }
}

/** Writes 16 bytes as RFC 4122 does. */
function formatUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
