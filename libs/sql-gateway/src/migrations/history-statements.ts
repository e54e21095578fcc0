/** How one dialect keeps the history of migrations. Without parameters but for `record`. */
export interface HistoryStatements {
  /** Takes a lock until the end of the transaction: one migration of one database at a time. */
  readonly lock: string;
  /** Makes the table of the history where there is none. */
  readonly create: string;
  /** One row, whose `found` is 1 or 0. */
  readonly find: string;
  /** `name` and `checksum` of each file that was run. */
  readonly read: string;
  /** Takes the name and the checksum of a file. */
  readonly record: string;
  /** The statements of a file that are sent one by one. */
  readonly batches: (text: string) => readonly string[];
}
