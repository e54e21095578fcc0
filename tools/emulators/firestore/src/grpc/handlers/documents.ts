import { randomInt } from 'node:crypto';
import { Code, FirestoreError, invalidArgument } from '../../status.ts';
import type { Database } from '../../store/database.ts';
import { checkId, parseDocumentName, parseParentName } from '../../store/names.ts';
import type { Store } from '../../store/store.ts';
import type { Write } from '../../store/write.ts';
import { maskFields, parseFieldPath } from '../../values/field-path.ts';
import type { Value } from '../../values/value.ts';
import { openView, type ReadView } from '../consistency.ts';
import { toDocument, type Document } from '../document-codec.ts';
import type {
  BatchGetDocumentsRequest,
  CreateDocumentRequest,
  DeleteDocumentRequest,
  DocumentMask,
  GetDocumentRequest,
  UpdateDocumentRequest,
} from '../requests.ts';
import { pathIn, toPrecondition } from '../writes.ts';

const AUTO_ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const AUTO_ID_LENGTH = 20;

export function getDocument(store: Store, request: GetDocumentRequest): object {
  const { database: name, path } = parseDocumentName(request.name);
  const database = store.database(name);
  const document = readDocument(database, path, openView(database, request), request.mask);
  if (document === undefined) {
    throw new FirestoreError(Code.NOT_FOUND, `Document "${request.name}" not found.`);
  }
  return document;
}

/** One response per document, in the order asked; a new transaction is announced first. */
export function* batchGetDocuments(
  store: Store,
  request: BatchGetDocumentsRequest,
): Generator<object> {
  const database = store.database(request.database);
  const paths = request.documents.map((name) => pathIn(database.name, name));
  const view = openView(database, request);
  const { readTime } = view;
  if (view.begun !== undefined) {
    yield { transaction: view.begun, ...(paths.length === 0 && { readTime }) };
  }
  for (const [i, path] of paths.entries()) {
    const document = readDocument(database, path, view, request.mask);
    yield document === undefined
      ? { missing: request.documents[i], readTime }
      : { found: document, readTime };
  }
}

export async function createDocument(
  store: Store,
  request: CreateDocumentRequest,
): Promise<object> {
  const parent = parseParentName(request.parent);
  const id = request.documentId === '' ? autoId() : request.documentId;
  checkId(request.collectionId, request.parent);
  if (id.includes('/')) throw invalidArgument(`Document id "${id}" contains a slash.`);
  const prefix = parent.path === '' ? '' : `${parent.path}/`;
  const path = `${prefix}${request.collectionId}/${id}`;
  parseDocumentName(`${parent.database}/documents/${path}`);
  const fields = request.document?.fields ?? new Map<string, Value>();
  const write: Write = {
    kind: 'update',
    path,
    fields,
    mask: undefined,
    transforms: [],
    precondition: { exists: false },
  };
  return writeAndRead(store.database(parent.database), write, request.mask);
}

export async function updateDocument(
  store: Store,
  request: UpdateDocumentRequest,
): Promise<object> {
  if (request.document === null) throw invalidArgument('The document to update is missing.');
  const { database, path } = parseDocumentName(request.document.name);
  const write: Write = {
    kind: 'update',
    path,
    fields: request.document.fields,
    mask: request.updateMask?.fieldPaths.map(parseFieldPath),
    transforms: [],
    precondition: toPrecondition(request.currentDocument),
  };
  return writeAndRead(store.database(database), write, request.mask);
}

export async function deleteDocument(
  store: Store,
  request: DeleteDocumentRequest,
): Promise<object> {
  const { database, path } = parseDocumentName(request.name);
  const precondition = toPrecondition(request.currentDocument);
  await store.database(database).commit([{ kind: 'delete', path, precondition }]);
  return {};
}

/** Reads one document for a request, taking the transaction's lock on it. */
function readDocument(
  database: Database,
  path: string,
  view: ReadView,
  mask: DocumentMask | null,
): Document | undefined {
  if (view.transaction !== undefined) database.transactions.lockDocument(view.transaction, path);
  const version = database.read(path, view.at);
  if (version === undefined) return undefined;
  const name = `${database.name}/documents/${path}`;
  if (mask === null) return toDocument(name, version);
  return toDocument(
    name,
    version,
    maskFields(version.fields, mask.fieldPaths.filter((p) => p !== '__name__').map(parseFieldPath)),
  );
}

async function writeAndRead(
  database: Database,
  write: Write,
  mask: DocumentMask | null,
): Promise<object> {
  const { commitTime } = await database.commit([write]);
  const view = { at: commitTime, transaction: undefined };
  const name = `${database.name}/documents/${write.path}`;
  const version = database.read(write.path, view.at);
  if (version === undefined) return { name, fields: new Map() };
  if (mask === null) return toDocument(name, version);
  return toDocument(name, version, maskFields(version.fields, mask.fieldPaths.map(parseFieldPath)));
}

function autoId(): string {
  let id = '';
  while (id.length < AUTO_ID_LENGTH)
    id += AUTO_ID_ALPHABET.charAt(randomInt(AUTO_ID_ALPHABET.length));
  return id;
}
