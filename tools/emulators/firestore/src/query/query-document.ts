import type { LiveVersion } from '../store/document.ts';
import { DOCUMENT_ID, getField, type FieldPath } from '../values/field-path.ts';
import { Reference, type Value } from '../values/value.ts';

/** A document as a query looks at it. `root` is `projects/P/databases/D/documents/`. */
export interface QueryDocument {
  readonly root: string;
  readonly path: string;
  readonly version: LiveVersion;
}

/** A field of the document; the path `__name__` is a reference to the document itself. */
export function documentField(document: QueryDocument, field: FieldPath): Value | undefined {
  if (isDocumentId(field)) return new Reference(document.root + document.path);
  return getField(document.version.fields, field);
}

export function isDocumentId(field: FieldPath): boolean {
  return field.length === 1 && field[0] === DOCUMENT_ID;
}
