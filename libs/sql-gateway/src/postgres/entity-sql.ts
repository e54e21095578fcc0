import { AynaError, snakeCase, type Entity, type FieldKind } from '@ayna/contract';
import type { ProcedureNames } from '../procedure-names.ts';

type ColumnName = readonly [name: string, column: string];

/** What the statements about an entity are made of: quoted names. */
export interface EntitySql {
  readonly entity: Entity;
  readonly table: string;
  readonly upsert: string;
  readonly delete: string;
  readonly purge: string;
  readonly key: readonly string[];
  /** The names of key and fields in the contract, each with that of its column. */
  readonly keyColumns: readonly ColumnName[];
  readonly fieldColumns: readonly ColumnName[];
  /** The select list of a `MirrorRow`, in the names of the contract. */
  readonly select: string;
}

/** @throws AynaError `ConfigInvalid` when a procedure name is none */
export function entitySql(entity: Entity, procedureNames: ProcedureNames): EntitySql {
  const { upsert, delete: remove, purge } = procedureNames[entity.name] ?? {};
  const key = entity.key.map((name) => quote(snakeCase(name)));
  return {
    entity,
    table: quote(snakeCase(entity.table)),
    upsert: procedure(entity, upsert ?? snakeCase(entity.procedures.upsert)),
    delete: procedure(entity, remove ?? snakeCase(entity.procedures.delete)),
    purge: procedure(entity, purge ?? snakeCase(entity.procedures.purge)),
    key,
    keyColumns: entity.key.map((name) => [name, snakeCase(name)]),
    fieldColumns: Object.keys(entity.fields).map((name) => [name, snakeCase(name)]),
    select: [
      ...entity.key.map((name) => `${quote(snakeCase(name))} AS ${quote(name)}`),
      ...Object.entries(entity.fields).map(
        ([name, { kind }]) => `${readable[kind](quote(snakeCase(name)))} AS ${quote(name)}`,
      ),
      'source_version::text AS "sourceVersion"',
      'event_id AS "eventId"',
      'sync_source AS "syncSource"',
      'retry_count AS "retryCount"',
      `${isoMicros('deleted_at')} AS "deletedAt"`,
      `${isoMicros('mirrored_at')} AS "mirroredAt"`,
    ].join(', '),
  };
}

const asItIs = (column: string): string => column;

/** How each kind is selected so that the driver reads it exactly. */
const readable: Readonly<Record<FieldKind, (column: string) => string>> = {
  text: asItIs,
  json: asItIs,
  timestamp: isoMicros,
  integer: (column) => `${column}::text`,
  double: (column) => `${column}::text`,
  boolean: asItIs,
};

function isoMicros(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Quotes a name. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function procedure(entity: Entity, name: string): string {
  const parts = name.split('.');
  if (parts.length > 2 || parts.some((part) => !/^[A-Za-z_][A-Za-z0-9_$]*$/.test(part))) {
    throw new AynaError(
      'ConfigInvalid',
      `${entity.name}: "${name}" cannot be the name of a procedure: expected name or schema.name`,
    );
  }
  return parts.map(quote).join('.');
}
