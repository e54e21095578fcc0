import type { MirroredFollow, MirroredMessage } from '@ayna/contract/gateway';
import type { ProjectedDocument } from '../ports/firestore-port.ts';

/** A message or a follow edge as lists show it: the same from both sources. */
export type MessageRow = Omit<MirroredMessage, 'sourceVersion'>;
export type FollowRow = Omit<MirroredFollow, 'sourceVersion'>;

/** A row of any list. */
export interface ListedRow {
  readonly createdAt: string | null;
}

/** What the engine of a list must know of its rows. */
export interface RowKind<Row extends ListedRow> {
  /** Which row it is, among those of the list. */
  readonly keyOf: (row: Row) => string;
  /** The row of a document. */
  readonly ofDocument: (document: ProjectedDocument) => Row;
}

/** The newest first, by `createdAt` and key; rows without a time come last. */
export function newestFirst<Row extends ListedRow>(kind: RowKind<Row>): (a: Row, b: Row) => number {
  return (a, b) =>
    compareTexts(b.createdAt ?? '', a.createdAt ?? '') ||
    compareTexts(kind.keyOf(b), kind.keyOf(a));
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A row of the gateway as lists show it: documents read by a client do not tell their version. */
export function withoutVersion<Row extends { readonly sourceVersion: string }>(
  row: Row,
): Omit<Row, 'sourceVersion'> {
  const rest: Omit<Row, 'sourceVersion'> & { sourceVersion?: string } = { ...row };
  delete rest.sourceVersion;
  return rest;
}
