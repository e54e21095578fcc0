import { invalidArgument } from '../status.ts';

/**
 * Names in this package: a *database name* is `projects/P/databases/D`, a *path* is what follows
 * `/documents/` in a resource name: an even number of segments names a document, an odd number a
 * collection, and the empty path is the root.
 */
export interface ResourceName {
  readonly database: string;
  readonly path: string;
}

const RESOURCE_NAME = /^(projects\/[^/]+\/databases\/[^/]+)\/documents(?:\/(.+))?$/s;
const DATABASE_NAME = /^projects\/([^/]+)\/databases\/([^/]+)$/;
const RESERVED_ID = /^__.*__$/s;
const NUMERIC_ID = /^__id-?\d+__$/;
const MAX_ID_BYTES = 1500;
const MAX_PATH_SEGMENTS = 200;

/** @throws FirestoreError INVALID_ARGUMENT when `name` is not `projects/P/databases/D`. */
export function parseDatabaseName(name: string): { project: string; database: string } {
  const match = DATABASE_NAME.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw invalidArgument(
      `Invalid database name "${name}": it must be of the form "projects/{project_id}/databases/{database_id}".`,
    );
  }
  return { project: match[1], database: match[2] };
}

/** Splits `projects/P/databases/D/documents[/path]`; the path is empty for the root. */
function parseResourceName(name: string): ResourceName {
  const match = RESOURCE_NAME.exec(name);
  if (match?.[1] === undefined) {
    throw invalidArgument(
      `Document name "${name}" lacks "projects" at index 0, "databases" at index 2 or "documents" at index 4.`,
    );
  }
  return { database: match[1], path: match[2] ?? '' };
}

/** @throws FirestoreError INVALID_ARGUMENT when `name` does not name a document that could exist. */
export function parseDocumentName(name: string): ResourceName {
  const parsed = parseResourceName(name);
  const segments = parsed.path.split('/');
  if (parsed.path === '' || segments.length % 2 !== 0) {
    throw invalidArgument(
      `Document name "${name}" does not name a document: it must have an even number of segments below "documents".`,
    );
  }
  if (segments.length > MAX_PATH_SEGMENTS) {
    throw invalidArgument(`Document name "${name}" has more than 100 levels of collections.`);
  }
  for (const segment of segments) checkId(segment, name);
  return parsed;
}

/** As `parseDocumentName`, but the root is allowed too. */
export function parseParentName(name: string): ResourceName {
  const root = parseResourceName(name);
  return root.path === '' ? root : parseDocumentName(name);
}

/** @throws FirestoreError INVALID_ARGUMENT for an id that Firestore does not allow. */
export function checkId(id: string, name: string): void {
  if (id === '') throw invalidArgument(`Document name "${name}" has an empty segment.`);
  if (id === '.' || id === '..') {
    throw invalidArgument(`Resource id "${id}" is invalid because it is "." or "..".`);
  }
  if (id.startsWith('__') && RESERVED_ID.test(id) && !NUMERIC_ID.test(id)) {
    throw invalidArgument(`Resource id "${id}" is invalid because it is reserved.`);
  }
  if (id.length > MAX_ID_BYTES / 3 && Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw invalidArgument(`Resource id "${id.slice(0, 50)}..." is longer than 1500 bytes.`);
  }
}

/** The path one segment up: a document's collection, or a collection's document ('' at the root). */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** The last segment of a path. */
export function lastId(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
