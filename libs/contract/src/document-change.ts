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
  /**
   * The commit time of a delete, which leaves no document that could tell it; of the repair of a
   * surplus row, the time at which the document was found to be missing.
   */
  readonly deletedAt?: SourceVersion;
  /** Of a repair: the version of the row that was found to be wrong, as in `MirrorChange`. */
  readonly replaces?: SourceVersion;
  /** The id of the change at its origin; a redelivery has the same. */
  readonly originId: string;
  /** Where the change happened: `//firestore.googleapis.com/projects/P/databases/D`. */
  readonly source: string;
}
