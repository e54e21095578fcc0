import { isDeepStrictEqual } from 'node:util';
import { entities, errorRegistry } from '@ayna/contract';
import type { MirrorStore } from '@ayna/sql-gateway';
import { expectedRow, rowName, type ExpectedRow } from './expected-row.ts';
import type { PlannedMessage } from './plan-messages.ts';

/** How a message was dead-lettered. */
export interface DeadLettering {
  readonly reason: string;
  readonly description: string;
}

/** What came out of a fuzz run. */
export interface FuzzFindings {
  /** Good messages that were applied, stale ones included. */
  readonly goodApplied: number;
  readonly badDeadLettered: number;
  /** Messages of which only the two together were certain. */
  readonly eitherApplied: number;
  readonly eitherDeadLettered: number;
  readonly deadLettersByReason: Readonly<Record<string, number>>;
  /** Rows in SQL, all of them right. */
  readonly rows: number;
  /** What is wrong, all of it; the first ones in full. */
  readonly violations: number;
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 20;

/** Remembers what was sent, and compares it with what came out. */
export class Expectations {
  readonly #rows = new Map<string, ExpectedRow>();
  readonly #either = new Map<number, { expected: ExpectedRow | undefined; names: string }>();
  readonly #good = new Set<number>();
  readonly #bad = new Map<number, { reason: string | undefined; names: string }>();

  /** Notes a message that the broker has taken. */
  sent(message: PlannedMessage): void {
    const { id, verdict, reason, draft } = message;
    const names = message.mutations.join(' + ');
    if (verdict === 'bad') this.#bad.set(id, { reason, names });
    else if (verdict === 'either') this.#either.set(id, { expected: expectedRow(draft), names });
    else {
      this.#good.add(id);
      const row = expectedRow(draft);
      if (!row) throw new Error(`the good message ${id} makes no row`);
      keepNewer(this.#rows, row);
    }
  }

  /**
   * Compares with the dead letters, by the id of the message, and with every row in SQL.
   *
   * @throws AynaError when the store cannot be read
   */
  async compare(
    deadLetters: ReadonlyMap<number, DeadLettering>,
    store: MirrorStore,
  ): Promise<FuzzFindings> {
    const examples: string[] = [];
    let violations = 0;
    const violation = (text: string) => {
      violations += 1;
      if (examples.length < MAX_EXAMPLES) examples.push(text);
    };
    const says = (id: number) => {
      const letter = deadLetters.get(id);
      return letter ? `${letter.reason} (${letter.description.slice(0, 200)})` : 'nothing';
    };
    const deadLettersByReason: Record<string, number> = {};
    for (const [id, { reason, description }] of deadLetters) {
      deadLettersByReason[reason] = (deadLettersByReason[reason] ?? 0) + 1;
      if (!(reason in errorRegistry)) {
        violation(`message ${id} has the reason "${reason}", which is no code: ${description}`);
      }
    }
    for (const id of this.#good) {
      if (deadLetters.has(id)) violation(`good message ${id} was dead-lettered: ${says(id)}`);
    }
    for (const [id, { reason, names }] of this.#bad) {
      const letter = deadLetters.get(id);
      if (!letter) violation(`bad message ${id} (${names}) was not dead-lettered`);
      else if (reason !== undefined && letter.reason !== reason) {
        violation(`bad message ${id} (${names}) was dead-lettered as ${says(id)}, not ${reason}`);
      }
    }
    const expected = new Map(this.#rows);
    let eitherDeadLettered = 0;
    for (const [id, { expected: row, names }] of this.#either) {
      if (deadLetters.has(id)) eitherDeadLettered += 1;
      else if (row) keepNewer(expected, row);
      else violation(`message ${id} (${names}) can make no row and was not dead-lettered`);
    }
    const rows = await this.#compareRows(store, expected, violation);
    const goodDead = [...this.#good].filter((id) => deadLetters.has(id)).length;
    return {
      goodApplied: this.#good.size - goodDead,
      badDeadLettered: [...this.#bad.keys()].filter((id) => deadLetters.has(id)).length,
      eitherApplied: this.#either.size - eitherDeadLettered,
      eitherDeadLettered,
      deadLettersByReason,
      rows,
      violations,
      examples,
    };
  }

  async #compareRows(
    store: MirrorStore,
    expected: Map<string, ExpectedRow>,
    violation: (text: string) => void,
  ): Promise<number> {
    let rows = 0;
    for (const entity of entities) {
      for await (const row of store.scan(entity, { includeTombstones: true })) {
        rows += 1;
        const name = rowName(
          entity.name,
          entity.key.map((part) => row.key[part]),
        );
        const right = expected.get(name);
        expected.delete(name);
        if (!right) violation(`the row ${name} should not be there`);
        else if (
          row.sourceVersion.micros !== right.version ||
          row.eventId !== storable(right.eventId) ||
          !isDeepStrictEqual(row.columns, right.columns)
        ) {
          violation(`the row ${name} is wrong: ${JSON.stringify(row.columns).slice(0, 300)}`);
        }
      }
    }
    for (const name of expected.keys()) violation(`the row ${name} is missing`);
    return rows;
  }
}

/** Some spoilt messages share a key. */
function keepNewer(rows: Map<string, ExpectedRow>, row: ExpectedRow): void {
  const known = rows.get(row.row);
  if (!known || known.version < row.version) rows.set(row.row, row);
}

/** Ids are stored like every text. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u2400').toWellFormed();
}
