import type { SourceVersion } from './source-version.ts';

/** A document at one moment. */
export interface DocumentState {
  /** The fields, with the value types of any Firebase SDK. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The commit that brought the document into this state. */
  readonly version: SourceVersion;
}

/** One committed change of one document, as a trigger (or a backfill, or a repair) sees it. */
export interface DocumentChange {
  /** The document's path below the database root. */
  readonly path: string;
  /** Undefined when the document was not there before. */
  readonly before: DocumentState | undefined;
  /** Undefined when the document is gone. */
  readonly after: DocumentState | undefined;
  /** The commit time of a delete, which leaves no document that could tell it. */
  readonly deletedAt?: SourceVersion;
  /** The id of the change at its origin; a redelivery has the same. */
  readonly originId: string;
  /** Where the change happened: `//firestore.googleapis.com/projects/P/databases/D`. */
  readonly source: string;
}
