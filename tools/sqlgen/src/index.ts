export { generateProcedures, type GeneratedFile } from './generated-files.ts';
export { createTable } from './postgres/table.ts';
export { GENERATE_COMMAND } from './postgres/procedure-parts.ts';
export { writeMigration, writeProcedures } from './write-files.ts';
