import { invalidArgument } from '../status.ts';
import type { Fields, Value } from './value.ts';

/** A field path as its unquoted segments. Never empty. */
export type FieldPath = readonly string[];

/** The path that names the document itself in queries. */
export const DOCUMENT_ID = '__name__';

const SIMPLE_SEGMENT = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const MAX_FIELD_PATH_BYTES = 1500;

const parsed = new Map<string, FieldPath>();
const MAX_REMEMBERED_PATHS = 10_000;

/**
 * Splits a path such as `a.b.`c.d`` into its segments. Segments that are not simple identifiers
 * stand in backticks, in which a backslash escapes a backtick or a backslash.
 * @throws FirestoreError INVALID_ARGUMENT when it is not a field path.
 */
export function parseFieldPath(path: string): FieldPath {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const segments = splitSegments(path);
  if (Buffer.byteLength(path) > MAX_FIELD_PATH_BYTES) {
    throw invalidArgument(`The property path "${path.slice(0, 100)}" is longer than 1500 bytes.`);
  }
  if (parsed.size >= MAX_REMEMBERED_PATHS) parsed.clear();
  parsed.set(path, segments);
  return segments;
}

function splitSegments(path: string): FieldPath {
  const refuse = (): never => {
    throw invalidArgument(`Invalid property path "${path}".`);
  };
  const segments: string[] = [];
  let at = 0;
  do {
    if (path[at] === '`') {
      let segment = '';
      at++;
      while (at < path.length && path[at] !== '`') {
        if (path[at] === '\\') at++;
        segment += path[at++] ?? '';
      }
      if (path[at] !== '`' || segment === '') refuse();
      at++;
      segments.push(segment);
    } else {
      const dot = path.indexOf('.', at);
      const end = dot === -1 ? path.length : dot;
      const segment = path.slice(at, end);
      if (!SIMPLE_SEGMENT.test(segment)) {
        throw invalidArgument(
          `Invalid property path "${path}". Unquoted property names must match regex ([a-zA-Z_][a-zA-Z_0-9]*), and quoted property names must match regex (\`(?:[^\`\\\\]|(?:\\\\.))+\`)`,
        );
      }
      segments.push(segment);
      at = end;
    }
    if (at < path.length && path[at] !== '.') refuse();
    at++;
  } while (at <= path.length);
  return segments;
}

/** The canonical text of a path: quoted only where it must be. */
export function formatFieldPath(path: FieldPath): string {
  return path
    .map((segment) =>
      SIMPLE_SEGMENT.test(segment)
        ? segment
        : `\`${segment.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``,
    )
    .join('.');
}

/** The value at `path`, or undefined where there is none. */
export function getField(fields: Fields, path: FieldPath): Value | undefined {
  let value: Value | undefined = fields;
  for (const segment of path) {
    if (!(value instanceof Map)) return undefined;
    value = value.get(segment);
  }
  return value;
}

/**
 * Sets the value at `path` in `fields`, which is changed in place; nested maps on the way are
 * copied, because versions share them. Anything on the way that is not a map becomes one.
 */
export function setField(fields: Fields, path: FieldPath, value: Value): void {
  const last = path.at(-1) ?? '';
  let map = fields;
  for (const segment of path.slice(0, -1)) {
    const child = map.get(segment);
    const copy: Fields = new Map(child instanceof Map ? child : []);
    map.set(segment, copy);
    map = copy;
  }
  map.set(last, value);
}

/** Removes the value at `path`, if any, with the same copying as `setField`. */
export function deleteField(fields: Fields, path: FieldPath): void {
  if (getField(fields, path) === undefined) return;
  const parent = path.slice(0, -1);
  const last = path.at(-1) ?? '';
  if (parent.length === 0) {
    fields.delete(last);
    return;
  }
  const map = getField(fields, parent);
  const copy: Fields = new Map(map instanceof Map ? map : []);
  copy.delete(last);
  setField(fields, parent, copy);
}

/** A document with only the fields at `paths`. Source: DocumentMask in google/firestore/v1/common.proto. */
export function maskFields(fields: Fields, paths: readonly FieldPath[]): Fields {
  const masked: Fields = new Map();
  for (const path of paths) {
    const value = getField(fields, path);
    if (value !== undefined) setField(masked, path, value);
  }
  return masked;
}
