import { Timestamp } from './timestamp.ts';
import { GeoPoint, Reference, type Fields, type Value } from './value.ts';

/** The largest document Firestore stores, in bytes of the size rules below. */
export const MAX_DOCUMENT_BYTES = 1_048_576;

const DOCUMENT_OVERHEAD_BYTES = 32;
const NAME_OVERHEAD_BYTES = 16;

/**
 * The stored size of a document in bytes. Source:
 * https://firebase.google.com/docs/firestore/storage-size
 */
export function documentSize(path: string, fields: Fields): number {
  return nameSize(path) + fieldsSize(fields) + DOCUMENT_OVERHEAD_BYTES;
}

/** Each id of the path with its terminator, and 16 bytes. */
function nameSize(path: string): number {
  return Buffer.byteLength(path) + 1 + NAME_OVERHEAD_BYTES;
}

function fieldsSize(fields: Fields): number {
  let size = 0;
  for (const [name, value] of fields) size += Buffer.byteLength(name) + 1 + valueSize(value);
  return size;
}

function valueSize(value: Value): number {
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'number':
    case 'bigint':
      return 8;
    case 'string':
      return Buffer.byteLength(value) + 1;
    case 'object':
      if (value === null) return 1;
      if (value instanceof Timestamp) return 8;
      if (value instanceof Uint8Array) return value.length;
      if (value instanceof GeoPoint) return 16;
      if (value instanceof Reference) {
        return nameSize(value.name.slice(value.name.indexOf('/documents/') + '/documents/'.length));
      }
      if (Array.isArray(value)) return value.reduce<number>((sum, v) => sum + valueSize(v), 0);
      return fieldsSize(value);
    default:
      throw new TypeError(`A ${typeof value} is no Firestore value.`);
  }
}
