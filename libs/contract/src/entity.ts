import { documentPath, type DocumentPath } from './document-path.ts';
import { field, type FieldDefinition } from './fields.ts';

/** What happened to a document. A re-creation after a delete is a `create` again. */
export const operations = ['create', 'update', 'delete'] as const;
export type Operation = (typeof operations)[number];

/** What the definition of an entity says. All else is derived from it. */
export interface EntityDefinition {
  /** The prefix of the event types: `dm.message` gives `dm.message.create|update|delete`. */
  readonly name: string;
  /** Where the documents live; its parameters are the key. */
  readonly path: string;
  /** The name of the Firebase function that mirrors it. */
  readonly functionName: string;
  /** The SQL table, in the names of SQL Server; PostgreSQL has it in snake_case. */
  readonly table: string;
  /** The stored procedures, in the names of SQL Server; PostgreSQL has them in snake_case. */
  readonly procedures: {
    readonly upsert: string;
    readonly delete: string;
    /** Deletes old tombstones. */
    readonly purge: string;
  };
  /** The mirrored fields of the document, by their name in Firestore. */
  readonly fields: Readonly<Record<string, FieldDefinition>>;
  /**
   * The columns, of the key or among the fields, that hold ids of Firebase Auth users: text holds
   * one, a JSON array several. @defaultValue none
   */
  readonly users?: readonly string[];
  /** Columns that reads filter and sort by, beside the key. */
  readonly indexes?: readonly (readonly string[])[];
}

/** A mirrored document type, as everything else sees it. */
export interface Entity extends Omit<EntityDefinition, 'path'> {
  readonly path: DocumentPath;
  /** The names of the key columns, in order: the parameters of the path. */
  readonly key: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  readonly users: readonly string[];
  eventType(operation: Operation): string;
}

/** Columns that every mirror table has beside key and fields; see `sql/`. */
export const mirrorColumns = [
  'sourceVersion',
  'eventId',
  'syncSource',
  'retryCount',
  'deletedAt',
  'mirroredAt',
] as const;

/**
 * Defines an entity: the one place that says how a document type is mirrored.
 *
 * @throws TypeError when names clash or are not identifiers; definitions are code, so this is a
 * programming error and comes when the module loads.
 *
 * @example
 * const profile = defineEntity({
 *   name: 'user.profile',
 *   path: 'profiles/{userId}',
 *   functionName: 'mirrorUserProfiles',
 *   table: 'UserProfilesMirror',
 *   procedures: {
 *     upsert: 'sp_StoreMirror_UpsertUserProfile',
 *     delete: 'sp_StoreMirror_DeleteUserProfile',
 *     purge: 'sp_StoreMirror_PurgeUserProfile',
 *   },
 *   fields: { displayName: field.text(), updatedAt: field.timestamp() },
 *   users: ['userId'],
 * });
 */
export function defineEntity(definition: EntityDefinition): Entity {
  const path = documentPath(definition.path);
  const columns: string[] = [...path.params, ...Object.keys(definition.fields), ...mirrorColumns];
  for (const column of columns) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(column)) {
      throw new TypeError(`${definition.name}: "${column}" cannot be the name of a column`);
    }
  }
  const lowered = columns.map((column) => column.toLowerCase());
  const repeated = columns.find((column, at) => lowered.indexOf(column.toLowerCase()) !== at);
  if (repeated !== undefined) {
    throw new TypeError(`${definition.name}: the column "${repeated}" is defined twice`);
  }
  if (!/^[a-z]+(\.[a-z]+)+$/.test(definition.name)) {
    throw new TypeError(`"${definition.name}" cannot be the prefix of event types: use a.b`);
  }
  for (const [name, given] of Object.entries(definition.fields)) {
    // Types say so, too, to those who have them.
    if (!Object.hasOwn(field, given.kind)) {
      throw new TypeError(
        `${definition.name}: the field "${name}" needs a kind, as field.text() has`,
      );
    }
  }
  for (const name of [definition.table, ...Object.values(definition.procedures)]) {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(
        `${definition.name}: "${name}" cannot be the name of a table or procedure`,
      );
    }
  }
  const indexes = definition.indexes ?? [];
  const unknown = indexes.flat().find((column) => !columns.includes(column));
  if (unknown !== undefined) {
    throw new TypeError(`${definition.name}: an index names the unknown column "${unknown}"`);
  }
  const users = definition.users ?? [];
  const kinds = new Map([
    ...path.params.map((column) => [column, 'text'] as const),
    ...Object.entries(definition.fields).map(([column, { kind }]) => [column, kind] as const),
  ]);
  const userless = users.find((column) => !['text', 'json'].includes(kinds.get(column) ?? ''));
  if (userless !== undefined) {
    throw new TypeError(
      `${definition.name}: users names "${userless}", which is no column of text or JSON`,
    );
  }
  return {
    ...definition,
    path,
    key: path.params,
    indexes,
    users,
    eventType: (operation) => `${definition.name}.${operation}`,
  };
}
