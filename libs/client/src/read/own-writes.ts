import type { Clock } from '../ports/clock.ts';
import { newestFirst, type ListedRow, type RowKind } from './row-kind.ts';
import { stableJson } from './stable-json.ts';

/** What a write of this user makes of a row. */
export type OwnChange<Row> =
  | { readonly kind: 'set'; readonly row: Row }
  | { readonly kind: 'update'; readonly fields: Partial<Row> }
  | { readonly kind: 'delete' };

interface OwnWrite<Row> {
  readonly list: string;
  readonly key: string;
  readonly change: OwnChange<Row>;
  /** Fields that the server decides; their values here are only shown. */
  readonly guessed: readonly (keyof Row)[];
  acknowledgedAt?: number;
  ensuredAt?: number;
}

/** How long a write that Firestore has acknowledged is shown without SQL having it. */
const MAX_SHOWN_MS = 60_000;

/**
 * The writes of this user that SQL may not show yet. A list that is read from SQL is shown with
 * them, so that what one wrote is there at once and does not vanish again.
 */
export class OwnWrites<Row extends ListedRow> {
  readonly #kind: RowKind<Row>;
  readonly #clock: Clock;
  #writes: OwnWrite<Row>[] = [];

  constructor(kind: RowKind<Row>, clock: Clock) {
    this.#kind = kind;
    this.#clock = clock;
  }

  /** A write has begun. Returns what is called when Firestore has decided. */
  begin(
    list: string,
    key: string,
    change: OwnChange<Row>,
    guessed: readonly (keyof Row)[] = [],
  ): { acknowledged(): void; refused(): void } {
    const write: OwnWrite<Row> = { list, key, change, guessed };
    this.#writes.push(write);
    return {
      acknowledged: () => {
        write.acknowledgedAt = this.#clock.elapsed();
      },
      refused: () => {
        this.#writes = this.#writes.filter((other) => other !== write);
      },
    };
  }

  /** A call that began then has brought the document to SQL. */
  ensured(list: string, key: string, begunAt: number): void {
    for (const write of this.#writes) {
      const isIn = write.acknowledgedAt !== undefined && write.acknowledgedAt <= begunAt;
      if (write.list === list && write.key === key && isIn) {
        write.ensuredAt ??= this.#clock.elapsed();
      }
    }
  }

  /** SQL gave these rows to a read that began then: forgets what they hold. */
  seen(list: string, rows: readonly Row[], begunAt: number): void {
    const byKey = new Map(rows.map((row) => [this.#kind.keyOf(row), row]));
    const now = this.#clock.elapsed();
    this.#writes = this.#writes.filter((write) => {
      if (write.list !== list || write.acknowledgedAt === undefined) return true;
      if (write.ensuredAt !== undefined && write.ensuredAt <= begunAt) return false;
      if (now - write.acknowledgedAt > MAX_SHOWN_MS) return false;
      return !shows(byKey.get(write.key), write);
    });
  }

  /** The rows of SQL with this user's own writes, the newest first. */
  merge(list: string, rows: readonly Row[]): Row[] {
    const merged = new Map(rows.map((row) => [this.#kind.keyOf(row), row]));
    for (const { list: ofList, key, change } of this.#writes) {
      if (ofList !== list) continue;
      const row = merged.get(key);
      if (change.kind === 'delete') merged.delete(key);
      else if (change.kind === 'set') merged.set(key, change.row);
      else if (row) merged.set(key, { ...row, ...change.fields });
    }
    return [...merged.values()].sort(newestFirst(this.#kind));
  }
}

/** Whether SQL's row is what the write made of it. */
function shows<Row extends ListedRow>(
  row: Row | undefined,
  { change, guessed }: OwnWrite<Row>,
): boolean {
  if (change.kind === 'delete') return row === undefined;
  if (!row) return false;
  const fields: Partial<Row> = change.kind === 'set' ? change.row : change.fields;
  return (Object.keys(fields) as (keyof Row)[])
    .filter((name) => !guessed.includes(name))
    .every((name) => stableJson(fields[name]) === stableJson(row[name]));
}
