export { openDatabase, type Database, type DatabaseOptions } from './database.ts';
export { migrate, planMigrations, type MigrateOptions } from './migrations/migrate.ts';
export type { MigrationStep } from './migrations/plan-steps.ts';
export type { SqlFile } from './migrations/sql-files.ts';
export type { CountOptions, MirrorRow, MirrorStore, ScanOptions } from './mirror-store.ts';
export {
  openMirrorStore,
  type MirrorStoreOptions,
  type ProcedureNames,
} from './open-mirror-store.ts';
export { classifySqlError, type SqlErrorKind } from './postgres/classify-sql-error.ts';
export { sqlError } from './postgres/sql-error.ts';
