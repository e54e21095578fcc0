export type { Database, DatabaseOptions } from './database.ts';
export { openDatabase } from './open-database.ts';
export { listenTo, type Listening, type ListenOptions } from './postgres/listen-to.ts';
export { runSql } from './run-sql.ts';
export { migrate, planMigrations, type MigrateOptions } from './migrations/migrate.ts';
export type { MigrationStep } from './migrations/plan-steps.ts';
export type { SqlFile } from './migrations/sql-files.ts';
export type {
  CountOptions,
  MirrorRow,
  MirrorStore,
  ScanOptions,
  UsersOptions,
} from './mirror-store.ts';
export { COLLISION_CHANNEL } from './store/collision-channel.ts';
export { openMirrorStore, type MirrorStoreOptions } from './open-mirror-store.ts';
export type {
  ListedRows,
  ListOptions,
  ListPosition,
  MirrorReads,
  OrderedListOptions,
} from './reads/mirror-reads.ts';
export { openMirrorReads } from './reads/open-mirror-reads.ts';
export { readLatencies } from './reads/read-latencies.ts';
export type { ProcedureNames } from './procedure-names.ts';
export { sqlOf, sqlSettings, type SqlPlace } from './settings.ts';
export { classifySqlError } from './errors/classify-sql-error.ts';
export type { SqlErrorKind } from './errors/sql-error-kind.ts';
export { sqlError } from './errors/sql-error.ts';
