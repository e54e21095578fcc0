import type { Entity } from '@ayna/contract';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlDialect } from './dialects.ts';
import { generateProcedures } from './generated-files.ts';

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
 * Writes the migration that makes the table of a new entity, with the next number.
 *
 * @returns the path of the file
 * @throws Error when there is one already: migrations are append-only, so a changed entity needs a
 * migration written by hand
 */
export async function writeMigration(
  entity: Entity,
  dialect: SqlDialect,
  directory = dialect.directory,
): Promise<string> {
  const folder = join(directory, 'migrations');
  await mkdir(folder, { recursive: true });
  const existing = await readdir(folder);
  const { table } = dialect.names(entity);
  const made = existing.find((name) => name.slice(5) === `${table}.sql`);
  if (made !== undefined) {
    throw new Error(
      `${made} makes the table ${table} already: write what has changed since as a migration of its own`,
    );
  }
  const newest = Math.max(0, ...existing.map((name) => Number.parseInt(name, 10) || 0));
  const path = join(folder, `${String(newest + 1).padStart(4, '0')}_${table}.sql`);
  await writeFile(path, dialect.createTable(entity), { flag: 'wx' });
  return path;
}
