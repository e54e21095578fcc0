import type { Expression, RawBuilder, SqlBool } from 'kysely';
import type { ListPosition } from './mirror-reads.ts';

/** What a list is ordered by, and in which direction. */
export interface ListOrder {
  /** The columns with the time: the first that is not null counts. */
  readonly times: readonly string[];
  /** The column of the key that tells rows of one instant apart. */
  readonly id: string;
  readonly direction: 'asc' | 'desc';
}

/** What the databases say differently of a list. Columns are named as in the contract. */
export interface ListDialect {
  /** True for rows whose key column has exactly this value. */
  keyIs: (column: string, value: string) => Expression<SqlBool>;
  /** True for conversations of which the user is the owner or among the peers. */
  takesPart: (userId: string) => Expression<SqlBool>;
  /** True for rows behind a place. */
  behind: (order: ListOrder, position: ListPosition) => Expression<SqlBool>;
  /** The order and the limit, as they stand at the end of a statement. */
  firstRows: (order: ListOrder, limit: number) => RawBuilder<unknown>;
  /** A row as the contract has it, of what the driver gives for it. */
  readable: <Row extends object>(row: Row, jsonColumns: readonly (keyof Row)[]) => Row;
}
