import { createCommitClock, type WallClock } from './clock.ts';
import { Database, type ChangeListener } from './database.ts';
import { parseDatabaseName } from './names.ts';

/** All databases of all projects. A database exists from the moment somebody asks for it. */
export class Store {
  readonly #databases = new Map<string, Database>();
  readonly #clock;
  readonly #onChange: ChangeListener;

  constructor(onChange: ChangeListener, wallClock?: WallClock) {
    this.#onChange = onChange;
    this.#clock = createCommitClock(wallClock);
  }

  /** @throws FirestoreError INVALID_ARGUMENT when `name` is not `projects/P/databases/D`. */
  database(name: string): Database {
    let database = this.#databases.get(name);
    if (database === undefined) {
      parseDatabaseName(name);
      database = new Database(name, this.#clock);
      database.onChange(this.#onChange);
      this.#databases.set(name, database);
    }
    return database;
  }

  /** Empties every database, or those of one project. Clearing raises no change for triggers. */
  clear(project?: string): void {
    for (const database of this.#databases.values()) {
      if (project === undefined || parseDatabaseName(database.name).project === project) {
        database.clear();
      }
    }
  }
}
