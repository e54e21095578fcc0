import { AynaError } from '@ayna/contract';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of SQL, with the hash that says whether it has changed. */
export interface SqlFile {
  /** The path below the folder of the dialect: `migrations/0001_users.sql`. */
  readonly name: string;
  readonly text: string;
  /** SHA-256, in hexadecimal, of the text with its line ends as `\n`. */
  readonly checksum: string;
}

/** The SQL of a dialect, as it is on disk. */
export interface SqlFiles {
  /** In the order of their numbers, without a gap. */
  readonly migrations: readonly SqlFile[];
  readonly procedures: readonly SqlFile[];
}

/** @throws AynaError `MigrationFailed` when the numbers of the migrations are not 1, 2, 3, ... */
export async function readSqlFiles(directory: string): Promise<SqlFiles> {
  const migrations = await readFolder(directory, 'migrations');
  for (const [at, { name }] of migrations.entries()) {
    const expected = String(at + 1).padStart(4, '0');
    if (!name.startsWith(`migrations/${expected}_`)) {
      throw new AynaError(
        'MigrationFailed',
        `${name} stands where migration ${expected} should: the numbers must follow each other`,
      );
    }
  }
  return { migrations, procedures: await readFolder(directory, 'procedures') };
}

async function readFolder(directory: string, folder: string): Promise<SqlFile[]> {
  let names: string[];
  try {
    names = await readdir(join(directory, folder));
  } catch (cause) {
    throw new AynaError('MigrationFailed', `cannot read the folder ${join(directory, folder)}`, {
      cause,
    });
  }
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (name) => {
      const text = (await readFile(join(directory, folder, name), 'utf8')).replaceAll('\r\n', '\n');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { name: `${folder}/${name}`, text, checksum };
    }),
  );
}
