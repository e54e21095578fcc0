import { DatabaseSync } from 'node:sqlite';
import { SourceVersion, type Entity, type MirrorChange, type Outcome } from '@ayna/contract';
import type { ModelRow, StoreUnderTest } from '@ayna/mirror-model';

const SCHEMA = `CREATE TABLE mirror (
  entity TEXT, key TEXT, version INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY (entity, key)
) STRICT`;

/** Mirror rows in SQLite: one table for all entities, each row as JSON beside its version. */
export class SqliteStore implements StoreUnderTest {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readBigInts: true });
    this.#database.exec(SCHEMA);
  }

  /** All of the changes or none, one after the other: SQLite has one writer at a time. */
  apply(changes: readonly MirrorChange[]): Promise<Outcome[]> {
    return Promise.resolve().then(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const outcomes = changes.map((change) => this.#applyOne(change));
        this.#database.exec('COMMIT');
        return outcomes;
      } catch (error) {
        this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #applyOne(change: MirrorChange): Outcome {
    const key = keyOf(change.entity, change.key);
    const found = this.#database
      .prepare('SELECT version, row FROM mirror WHERE entity = ? AND key = ?')
      .get(change.entity.name, key);
    const version = change.sourceVersion.micros;
    if (found && found.version !== change.replaces?.micros) {
      if (BigInt(String(found.version)) > version) return 'stale';
      if (found.version === version) {
        // Of a deletion and a write with one version the deletion wins.
        const wasDeleted = rowOf(String(found.row)).columns === null;
        if (wasDeleted) return change.columns === null ? 'duplicate' : 'stale';
        if (change.columns !== null) return 'duplicate';
      }
    }
    const { columns, eventId, syncSource, retryCount } = change;
    const row = { key: change.key, columns, eventId, syncSource, retryCount };
    this.#database
      .prepare('INSERT OR REPLACE INTO mirror (entity, key, version, row) VALUES (?, ?, ?, ?)')
      .run(change.entity.name, key, version, JSON.stringify(row));
    return 'applied';
  }

  rows(entity: Entity): Promise<ModelRow[]> {
    const rows = this.#database
      .prepare('SELECT version, row FROM mirror WHERE entity = ?')
      .all(entity.name);
    return Promise.resolve(
      rows.map(({ version, row }) => {
        const sourceVersion = SourceVersion.fromMicros(BigInt(String(version)));
        const said = rowOf(String(row));
        const deletedAt = said.columns === null ? sourceVersion.toIso() : null;
        return { ...said, sourceVersion, deletedAt };
      }),
    );
  }

  empty(): Promise<void> {
    this.#database.exec('DELETE FROM mirror');
    return Promise.resolve();
  }

  close(): void {
    this.#database.close();
  }
}

type StoredRow = Omit<ModelRow, 'sourceVersion' | 'deletedAt'>;

function rowOf(text: string): StoredRow {
  return JSON.parse(text) as StoredRow;
}

function keyOf(entity: Entity, key: Readonly<Record<string, string>>): string {
  return JSON.stringify(entity.key.map((name) => key[name]));
}
