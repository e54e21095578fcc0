import { AynaError, pascalCase, type Entity, type FieldKind } from '@ayna/contract';
import type { ProcedureNames } from '../procedure-names.ts';
import type { EntityTarget } from '../store/batches.ts';

/** What the statements about an entity are made of: quoted names. */
export interface SqlServerTarget extends EntityTarget {
  readonly table: string;
  readonly purge: string;
  /** The columns with the UTF-8 bytes of the key: what rows are found and ordered by. */
  readonly keyBytes: readonly string[];
  /** The select list of a `MirrorRow`, in the names of the contract. */
  readonly select: string;
}

/** @throws AynaError `ConfigInvalid` when a procedure name is none */
export function sqlServerTarget(entity: Entity, procedureNames: ProcedureNames): SqlServerTarget {
  const given = procedureNames[entity.name] ?? {};
  const procedures = { ...entity.procedures, ...given };
  return {
    entity,
    table: quote(entity.table),
    upsert: procedure(entity, procedures.upsert),
    delete: procedure(entity, procedures.delete),
    purge: procedure(entity, procedures.purge),
    keyBytes: entity.key.map((name) => quote(keyBytesColumn(name))),
    select: [
      ...entity.key.map((name) => `${quote(keyBytesColumn(name))} AS ${quote(name)}`),
      ...Object.entries(entity.fields).map(
        ([name, { kind }]) => `${readable(kind, quote(pascalCase(name)))} AS ${quote(name)}`,
      ),
      'CONVERT(varchar(20), [SourceVersion]) AS [sourceVersion]',
      '[EventId] AS [eventId]',
      '[SyncSource] AS [syncSource]',
      '[RetryCount] AS [retryCount]',
      `${dateTimeText('[DeletedAt]')} AS [deletedAt]`,
      `${dateTimeText('[MirroredAt]')} AS [mirroredAt]`,
    ].join(', '),
  };
}

/** `conversationId` -> `ConversationIdUtf8`, the column with the UTF-8 bytes of a key column. */
export function keyBytesColumn(name: string): string {
  return `${pascalCase(name)}Utf8`;
}

/** How each kind is selected so that the driver reads it exactly. */
function readable(kind: FieldKind, column: string): string {
  if (kind === 'timestamp') return dateTimeText(column);
  return kind === 'integer' ? `CONVERT(varchar(20), ${column})` : column;
}

/** `2026-01-02 03:04:05.678901`; see `isoMicros`. */
function dateTimeText(column: string): string {
  return `CONVERT(varchar(26), ${column}, 121)`;
}

/** Quotes a name. */
export function quote(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

function procedure(entity: Entity, name: string): string {
  const parts = name.split('.');
  if (parts.length > 2 || parts.some((part) => !/^[A-Za-z_][A-Za-z0-9_$@#]*$/.test(part))) {
    throw new AynaError(
      'ConfigInvalid',
      `${entity.name}: "${name}" cannot be the name of a procedure: expected name or schema.name`,
    );
  }
  return parts.map(quote).join('.');
}
