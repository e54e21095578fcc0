/** A column of a mirror table, as a dialect writes it. */
export interface TableColumn {
  /** Quoted where it has to be. */
  readonly name: string;
  /** With `NOT NULL` and such. */
  readonly type: string;
  /** What it holds, where the name does not say it. */
  readonly about?: string;
}
