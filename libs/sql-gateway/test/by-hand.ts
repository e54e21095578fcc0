import { snakeCase, type Columns, type Entity } from '@ayna/contract';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../src/index.ts';

type Key = Readonly<Record<string, string>>;

/** A row as somebody may write it who goes past the procedures. */
interface RowByHand {
  readonly columns: Columns | null;
  readonly sourceVersion: bigint;
}

/** What somebody with a SQL client can do to the tables of the mirror. */
export interface ByHand {
  /** Deletes every row of the entities. */
  empty(entities: readonly Entity[]): Promise<void>;
  remove(entity: Entity, key: Key): Promise<void>;
  /** Puts a row in the place of the one with this key, or where there is none. */
  write(entity: Entity, key: Key, row: RowByHand): Promise<void>;
  /** Gives a row another version and leaves everything else as it is. */
  setVersion(entity: Entity, key: Key, version: bigint): Promise<void>;
  /** Sets the time at which a row was mirrored. @param at RFC 3339 with microseconds */
  setMirroredAt(entity: Entity, key: Key, at: string): Promise<void>;
}

export function byHand({ kysely }: Database): ByHand {
  const update = async (entity: Entity, key: Key, column: string, value: unknown) => {
    const assigned = sql`${sql.ref(column)} = ${value}`;
    await sql`UPDATE ${tableOf(entity)} SET ${assigned} WHERE ${isKey(entity, key)}`.execute(
      kysely,
    );
  };
  const remove = async (entity: Entity, key: Key) => {
    await sql`DELETE FROM ${tableOf(entity)} WHERE ${isKey(entity, key)}`.execute(kysely);
  };
  return {
    remove,
    async empty(entities) {
      for (const entity of entities) await sql`DELETE FROM ${tableOf(entity)}`.execute(kysely);
    },
    async write(entity, key, { columns, sourceVersion }) {
      await remove(entity, key);
      const now = new Date().toISOString();
      const values: Record<string, unknown> = {
        ...key,
        sourceVersion: sourceVersion.toString(),
        eventId: 'by hand',
        deletedAt: columns === null ? now : null,
        mirroredAt: now,
      };
      for (const [name, { kind }] of Object.entries(entity.fields)) {
        values[name] = kind === 'json' ? JSON.stringify(columns?.[name]) : columns?.[name];
      }
      const names = Object.keys(values).map((name) => sql.ref(snakeCase(name)));
      const parameters = Object.values(values).map((value) => sql`${value ?? null}`);
      await sql`INSERT INTO ${tableOf(entity)} (${sql.join(names)}) VALUES (${sql.join(parameters)})`.execute(
        kysely,
      );
    },
    setVersion: (entity, key, version) => update(entity, key, 'source_version', version.toString()),
    setMirroredAt: (entity, key, at) => update(entity, key, 'mirrored_at', at),
  };
}

function tableOf(entity: Entity): RawBuilder<unknown> {
  return sql.table(snakeCase(entity.table));
}

function isKey(entity: Entity, key: Key): RawBuilder<unknown> {
  const same = entity.key.map((name) => sql`${sql.ref(snakeCase(name))} = ${key[name]}`);
  return sql.join(same, sql` AND `);
}
