import type { Entity } from '@ayna/contract';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlDialect } from './dialects.ts';
import { missingColumns } from './missing-columns.ts';

/** The entities whose tables the migrations of a dialect do not make as the contract says it. */
export async function missingMigrations(
  entities: readonly Entity[],
  dialect: SqlDialect,
): Promise<Entity[]> {
  const folder = join(dialect.directory, 'migrations');
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return entities.filter((entity) => {
    const { table, columns, surplus } = missingColumns(entity, dialect, texts);
    return table || columns.length + surplus.length > 0;
  });
}
