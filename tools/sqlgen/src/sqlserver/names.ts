import { pascalCase, type Entity } from '@ayna/contract';

/** The names of an entity in SQL Server, not yet quoted. */
export interface SqlServerNames {
  readonly table: string;
  readonly upsert: string;
  readonly delete: string;
  readonly purge: string;
  readonly key: readonly string[];
  /** The columns with the UTF-8 bytes of the key: what rows are found and ordered by. */
  readonly keyBytes: readonly string[];
  readonly fields: readonly string[];
}

export function sqlServerNames(entity: Entity): SqlServerNames {
  const key = entity.key.map(pascalCase);
  return {
    table: entity.table,
    ...entity.procedures,
    key,
    keyBytes: key.map((name) => `${name}Utf8`),
    fields: Object.keys(entity.fields).map(pascalCase),
  };
}

const MAX_NAME_LENGTH = 128;

/**
 * Quotes a name where SQL Server would read it as a word of its own.
 *
 * @throws TypeError when SQL Server would refuse the name for its length
 */
export function quoteName(name: string): string {
  if (name.length > MAX_NAME_LENGTH) {
    throw new TypeError(`"${name}" is longer than the ${MAX_NAME_LENGTH} characters of a name`);
  }
  return reserved.has(name.toLowerCase()) ? `[${name}]` : name;
}

/** The reserved words of Transact-SQL, and names that its functions have without parentheses. */
const reserved = new Set(
  `add all alter and any as asc authorization backup begin between break browse bulk by cascade case
  check checkpoint close clustered coalesce collate column commit compute constraint contains
  containstable continue convert create cross current current_date current_time current_timestamp
  current_user cursor database dbcc deallocate declare default delete deny desc disk distinct
  distributed double drop dump else end errlvl escape except exec execute exists exit external fetch
  file fillfactor for foreign freetext freetexttable from full function goto grant group having
  holdlock identity identity_insert identitycol if in index inner insert intersect into is join key
  kill left like lineno load merge national nocheck nonclustered not null nullif of off offsets on
  open opendatasource openquery openrowset openxml option or order outer over percent pivot plan
  precision primary print proc procedure public raiserror read readtext reconfigure references
  replication restore restrict return revert revoke right rollback rowcount rowguidcol rule save
  schema securityaudit select semantickeyphrasetable semanticsimilaritydetailstable
  semanticsimilaritytable session_user set setuser shutdown some statistics system_user table
  tablesample textsize then to top tran transaction trigger truncate try_convert tsequal union unique
  unpivot update updatetext use user values varying view waitfor when where while with within
  writetext`.split(/\s+/),
);
