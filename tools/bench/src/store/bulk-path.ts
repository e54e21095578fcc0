import type { MirrorChange } from '@ayna/contract';

/** The fastest way of a driver into a table with the columns of the mirror, and with no index. */
export interface BulkPath extends AsyncDisposable {
  /** What it is, for a person. */
  readonly name: string;
  /** Inserts a row for each change, in one transaction. */
  insert(changes: readonly MirrorChange[]): Promise<void>;
  count(): Promise<number>;
}
