import type { Entity } from '@ayna/contract';
import { postgresDirectory, sqlServerDirectory } from '@ayna/sql';
import { deleteProcedure as postgresDelete } from './postgres/delete-procedure.ts';
import { postgresNames } from './postgres/names.ts';
import { purgeProcedure as postgresPurge } from './postgres/purge-procedure.ts';
import {
  createTable as createPostgresTable,
  tableColumns as postgresColumns,
} from './postgres/table.ts';
import { upsertProcedure as postgresUpsert } from './postgres/upsert-procedure.ts';
import { sqlServerNames } from './sqlserver/names.ts';
import { purgeProcedure as sqlServerPurge } from './sqlserver/purge-procedure.ts';
import {
  createTable as createSqlServerTable,
  tableColumns as sqlServerColumns,
} from './sqlserver/table.ts';
import {
  deleteProcedure as sqlServerDelete,
  upsertProcedure as sqlServerUpsert,
} from './sqlserver/write-procedure.ts';
import type { TableColumn } from './table-column.ts';

/** How one dialect of SQL says what the contract determines. */
export interface SqlDialect {
  readonly name: 'postgres' | 'sqlserver';
  /** Where its files are: `migrations/` and `procedures/`. */
  readonly directory: string;
  /** The names of an entity's table and procedures. */
  readonly names: (entity: Entity) => {
    readonly table: string;
    readonly upsert: string;
    readonly delete: string;
    readonly purge: string;
  };
  readonly procedures: {
    readonly upsert: (entity: Entity) => string;
    readonly delete: (entity: Entity) => string;
    readonly purge: (entity: Entity) => string;
  };
  /** The columns of an entity's table. */
  readonly columns: (entity: Entity) => readonly TableColumn[];
  /** The migration that makes the table of an entity. */
  readonly createTable: (entity: Entity) => string;
  /** What adds columns to a table: `ALTER TABLE ... ADD`, up to the name of the first. */
  readonly addColumn: string;
}

export const postgresDialect: SqlDialect = {
  name: 'postgres',
  directory: postgresDirectory,
  names: postgresNames,
  procedures: { upsert: postgresUpsert, delete: postgresDelete, purge: postgresPurge },
  columns: postgresColumns,
  createTable: createPostgresTable,
  addColumn: 'ADD COLUMN',
};

export const sqlServerDialect: SqlDialect = {
  name: 'sqlserver',
  directory: sqlServerDirectory,
  names: sqlServerNames,
  procedures: { upsert: sqlServerUpsert, delete: sqlServerDelete, purge: sqlServerPurge },
  columns: sqlServerColumns,
  createTable: createSqlServerTable,
  addColumn: 'ADD',
};

export const sqlDialects: readonly SqlDialect[] = [postgresDialect, sqlServerDialect];
