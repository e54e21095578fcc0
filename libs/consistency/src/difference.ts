import type { DocumentState, Entity, SourceVersion } from '@ayna/contract';
import type { MirrorKey } from './document-key.ts';
import type { DifferenceKind } from './verdict.ts';

/**
 * A difference as it is reported: where it is and what kind it has, but never what the columns
 * hold, which may be private.
 */
export interface Difference {
  readonly entity: string;
  readonly kind: DifferenceKind;
  readonly key: MirrorKey;
  /** Of the document, below the database root. */
  readonly path: string;
  /** The columns at fault of a `different` row, `sourceVersion` among them when it is ahead. */
  readonly fields: readonly string[];
  /** Null when there is no document. */
  readonly documentVersion: SourceVersion | null;
  /** Null when there is no row. */
  readonly rowVersion: SourceVersion | null;
  /** Why publishing again cannot mend it, and what does; null when it can. */
  readonly unrepairable: string | null;
}

/** A difference that was confirmed, with what it takes to mend it. */
export interface Finding {
  readonly difference: Difference;
  readonly entity: Entity;
  /** The document, read after the row; undefined when there was none. */
  readonly document: DocumentState | undefined;
  /** The moment of that read; undefined when no document can have the key. */
  readonly readTime: SourceVersion | undefined;
}
