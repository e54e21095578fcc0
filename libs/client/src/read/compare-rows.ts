import { newestFirst, type ListedRow, type RowKind } from './row-kind.ts';
import { stableJson } from './stable-json.ts';

/** The head of a list, the newest first. */
export interface ListHead<Row> {
  readonly rows: readonly Row[];
  /** Whether the list ends behind them. */
  readonly isWhole: boolean;
}

/** What a comparison of two heads found. */
export interface Comparison {
  /** How many different rows were looked at. */
  readonly checked: number;
  /** By key, what the two sides say; the same text as long as neither changes. */
  readonly differences: ReadonlyMap<string, string>;
}

/**
 * Compares the head of a list in Firestore with that in SQL, row by row, as far down as both
 * reach. Rows without `createdAt` are left out: Firestore's query does not give them.
 *
 * @param skipped keys that cannot be compared now
 */
export function compareRows<Row extends ListedRow>(
  kind: RowKind<Row>,
  firestore: ListHead<Row>,
  sql: ListHead<Row>,
  skipped: ReadonlySet<string> = new Set(),
): Comparison {
  const inOrder = newestFirst(kind);
  const horizons = [firestore, sql].flatMap(({ rows, isWhole }) => (isWhole ? [] : rows.slice(-1)));
  const isInReach = (row: Row) =>
    row.createdAt !== null &&
    !skipped.has(kind.keyOf(row)) &&
    horizons.every((horizon) => inOrder(row, horizon) <= 0);
  const texts = (rows: readonly Row[]) =>
    new Map(rows.filter(isInReach).map((row) => [kind.keyOf(row), stableJson(row)]));
  // A row that only one side has in reach may be a row whose time differs.
  const [ofFirestore, ofSql] = [texts(firestore.rows), texts(sql.rows)];
  const keys = new Set([...ofFirestore.keys(), ...ofSql.keys()]);
  const differences = new Map<string, string>();
  for (const key of keys) {
    const [left, right] = [ofFirestore.get(key), ofSql.get(key)];
    if (left !== right) differences.set(key, `${left ?? ''}\n${right ?? ''}`);
  }
  return { checked: keys.size, differences };
}
