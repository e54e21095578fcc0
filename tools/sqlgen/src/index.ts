export { postgresDialect, sqlDialects, sqlServerDialect, type SqlDialect } from './dialects.ts';
export { generateProcedures, type GeneratedFile } from './generated-files.ts';
export { GENERATE_COMMAND } from './generated-note.ts';
export { missingColumns, type MissingColumns } from './missing-columns.ts';
export { missingMigrations } from './missing-migrations.ts';
export type { TableColumn } from './table-column.ts';
export { writeMigration, writeProcedures } from './write-files.ts';
