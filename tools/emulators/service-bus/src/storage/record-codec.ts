import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { JournalRecord } from '../broker/journal.ts';

/**
 * A record in a file: length and CRC-32 of what follows, then the length of the description, the
 * description (as V8 serialises values) and, for a `put`, the bytes of the message as they are.
 */
const HEADER_BYTES = 8;
const LENGTH_BYTES = 4;
/** No record is larger: a message is far smaller. A larger length is a sign of a damaged file. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/** Encodes a record as pieces, so that the bytes of a message are not copied. */
export function encodeRecord(record: JournalRecord): Buffer[] {
  const bytes = record.type === 'put' ? record.bytes : NOTHING;
  const description = serialize(record.type === 'put' ? { ...record, bytes: undefined } : record);
  const head = Buffer.allocUnsafe(HEADER_BYTES + LENGTH_BYTES);
  head.writeUInt32BE(LENGTH_BYTES + description.length + bytes.length, 0);
  head.writeUInt32BE(description.length, HEADER_BYTES);
  const checksum = crc32(bytes, crc32(description, crc32(head.subarray(HEADER_BYTES))));
  head.writeUInt32BE(checksum, LENGTH_BYTES);
  return bytes.length === 0 ? [head, description] : [head, description, bytes];
}

/** What was read at the start of some bytes. */
export type DecodedRecord =
  | { readonly status: 'complete'; readonly record: JournalRecord; readonly length: number }
  | { readonly status: 'incomplete' }
  | { readonly status: 'damaged' };

/** Decodes the record at `offset`. The bytes of a message are copied out. */
export function decodeRecord(data: Buffer, offset: number): DecodedRecord {
  if (data.length - offset < HEADER_BYTES) return { status: 'incomplete' };
  const length = data.readUInt32BE(offset);
  if (length < LENGTH_BYTES || length > MAX_RECORD_BYTES) return { status: 'damaged' };
  if (data.length - offset < HEADER_BYTES + length) return { status: 'incomplete' };
  const content = data.subarray(offset + HEADER_BYTES, offset + HEADER_BYTES + length);
  if (crc32(content) !== data.readUInt32BE(offset + LENGTH_BYTES)) return { status: 'damaged' };
  const bytesAt = LENGTH_BYTES + content.readUInt32BE(0);
  const description = deserialize(content.subarray(LENGTH_BYTES, bytesAt)) as JournalRecord;
  const record =
    description.type === 'put'
      ? { ...description, bytes: Buffer.from(content.subarray(bytesAt)) }
      : description;
  return { status: 'complete', record, length: HEADER_BYTES + length };
}
