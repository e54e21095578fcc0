import { snakeCase, type Entity } from '@ayna/contract';

/** The names of an entity in PostgreSQL. */
export interface PostgresNames {
  readonly table: string;
  readonly upsert: string;
  readonly delete: string;
  readonly purge: string;
  readonly key: readonly string[];
  readonly fields: readonly string[];
}

export function postgresNames(entity: Entity): PostgresNames {
  return {
    table: snakeCase(entity.table),
    upsert: snakeCase(entity.procedures.upsert),
    delete: snakeCase(entity.procedures.delete),
    purge: snakeCase(entity.procedures.purge),
    key: entity.key.map(snakeCase),
    fields: Object.keys(entity.fields).map(snakeCase),
  };
}

/** PostgreSQL cuts longer names off without an error. */
const MAX_NAME_BYTES = 63;

/**
 * Quotes a name where PostgreSQL would read it as a word of its own.
 *
 * @throws TypeError when PostgreSQL would shorten the name
 */
export function quoteName(name: string): string {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new TypeError(`"${name}" is longer than the ${MAX_NAME_BYTES} bytes PostgreSQL keeps`);
  }
  return reserved.has(name) ? `"${name}"` : name;
}

/** The words that PostgreSQL 18 does not take as the name of a column. */
const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check
  collate collation column concurrently constraint create cross current_catalog current_date
  current_role current_schema current_time current_timestamp current_user default deferrable desc
  distinct do else end except false fetch for foreign freeze from full grant group having ilike in
  initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
  references returning right select session_user similar some symmetric system_user table
  tablesample then to trailing true union unique user using variadic verbose when where window with`.split(
    /\s+/,
  ),
);
