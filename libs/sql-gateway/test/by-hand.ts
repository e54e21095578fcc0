import { pascalCase, snakeCase, type Columns, type Entity } from '@ayna/contract';
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
  /** Changes columns of a row, by their names in the contract; times are RFC 3339 with microseconds. */
  change(
    entity: Entity,
    key: Key,
    values: Readonly<Record<string, string | bigint | null>>,
  ): Promise<void>;
}

export function byHand({ dialect, kysely }: Database): ByHand {
  const named = dialect === 'postgres' ? snakeCase : pascalCase;
  const tableOf = (entity: Entity): RawBuilder<unknown> => sql.table(named(entity.table));
  const columnOf = (name: string): RawBuilder<unknown> => sql.ref(named(name));
  const isKey = (entity: Entity, key: Key): RawBuilder<unknown> => {
    const same = entity.key.map((name) =>
      dialect === 'postgres'
        ? sql`${columnOf(name)} = ${key[name]}`
        : sql`${columnOf(`${name}Utf8`)} = ${Buffer.from(key[name] ?? '')}`,
    );
    return sql.join(same, sql` AND `);
  };
  const remove = async (entity: Entity, key: Key) => {
    await sql`DELETE FROM ${tableOf(entity)} WHERE ${isKey(entity, key)}`.execute(kysely);
  };
  /** SQL Server reads a time zone only where there may be one. */
  const stored = (value: unknown): unknown => {
    if (typeof value === 'bigint') return value.toString();
    const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
    return isTime && dialect === 'sqlserver' ? value.slice(0, -1) : value;
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
      if (dialect === 'sqlserver') {
        for (const name of entity.key) values[`${name}Utf8`] = Buffer.from(key[name] ?? '');
      }
      const parameters = Object.values(values).map((value) => sql`${stored(value) ?? null}`);
      await sql`INSERT INTO ${tableOf(entity)} (${sql.join(Object.keys(values).map(columnOf))}) VALUES (${sql.join(parameters)})`.execute(
        kysely,
      );
    },
    async change(entity, key, values) {
      const assigned = Object.entries(values).map(
        ([name, value]) => sql`${columnOf(name)} = ${stored(value)}`,
      );
      await sql`UPDATE ${tableOf(entity)} SET ${sql.join(assigned)} WHERE ${isKey(entity, key)}`.execute(
        kysely,
      );
    },
  };
}
