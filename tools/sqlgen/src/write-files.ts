import type { Entity } from '@ayna/contract';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlDialect } from './dialects.ts';
import { generateProcedures } from './generated-files.ts';
import { missingColumns } from './missing-columns.ts';

/** Writes the procedures of the entities and removes those of entities that are no more. */
export async function writeProcedures(
  entities: readonly Entity[],
  dialect: SqlDialect,
  directory = dialect.directory,
): Promise<string[]> {
  const folder = join(directory, 'procedures');
  await mkdir(folder, { recursive: true });
  const files = generateProcedures(entities, dialect);
  const wanted = new Set(files.map(({ path }) => path));
  for (const name of await readdir(folder)) {
    if (!wanted.has(`procedures/${name}`)) await rm(join(folder, name));
  }
  for (const { path, content } of files) await writeFile(join(directory, path), content);
  return [...wanted];
}

/**
 * Writes the migration that brings the table of an entity to what the contract says, with the next
 * number: makes the table, or adds the columns that no migration has.
 *
 * @returns the path of the file
 * @throws Error when there is nothing to write, or when a column is to go: migrations are append-only,
 * and whether its data may go is for people to decide
 */
export async function writeMigration(
  entity: Entity,
  dialect: SqlDialect,
  directory = dialect.directory,
): Promise<string> {
  const folder = join(directory, 'migrations');
  await mkdir(folder, { recursive: true });
  const { table } = dialect.names(entity);
  const existing = (await readdir(folder)).sort();
  const texts = await Promise.all(existing.map((name) => readFile(join(folder, name), 'utf8')));
  const missing = missingColumns(entity, dialect, texts);
  const [gone] = missing.surplus;
  if (gone !== undefined) {
    throw new Error(
      `${dialect.name}: ${table} has the column ${gone}, which ${entity.name} has not: write the migration that drops it (ALTER TABLE ${table} DROP COLUMN ${gone};) or renames it by hand`,
    );
  }
  if (!missing.table && missing.columns.length === 0) {
    throw new Error(`${dialect.name}: the migrations make ${table} as the contract says it`);
  }
  const number = Math.max(0, ...existing.map((name) => Number.parseInt(name, 10) || 0)) + 1;
  const names = missing.columns.map(({ name }) => name.replaceAll(/\W/g, ''));
  const name = [table, ...(missing.table ? [] : ['add', ...names])].join('_');
  const path = join(folder, `${String(number).padStart(4, '0')}_${name}.sql`);
  const text = missing.table
    ? dialect.createTable(entity)
    : missing.columns
        .map(
          (column) => `ALTER TABLE ${table} ${dialect.addColumn} ${column.name} ${column.type};\n`,
        )
        .join('');
  await writeFile(path, text, { flag: 'wx' });
  return path;
}
