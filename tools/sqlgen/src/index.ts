export { postgresDialect, sqlDialects, sqlServerDialect, type SqlDialect } from './dialects.ts';
export { generateProcedures, type GeneratedFile } from './generated-files.ts';
export { GENERATE_COMMAND } from './generated-note.ts';
export { writeMigration, writeProcedures } from './write-files.ts';
