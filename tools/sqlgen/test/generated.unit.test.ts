import { dmMessage, entities, field } from '@ayna/contract';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  generateProcedures,
  GENERATE_COMMAND,
  missingColumns,
  sqlDialects,
  writeMigration,
} from '../src/index.ts';

const REMEDY = `run \`${GENERATE_COMMAND}\` and commit what it writes`;

describe.each(sqlDialects)('$name', (dialect) => {
  const { name, directory } = dialect;

  test('the procedures in sql/ are the ones the contract determines', async () => {
    const files = generateProcedures(entities, dialect);
    const there = await readdir(join(directory, 'procedures'));
    expect(
      there.map((file) => `procedures/${file}`).sort(),
      `sql/${name}/procedures has other files than the contract: ${REMEDY}`,
    ).toEqual(files.map(({ path }) => path).sort());
    for (const { path, content } of files) {
      const committed = await readFile(join(directory, path), 'utf8');
      expect(committed, `sql/${name}/${path} differs from the contract: ${REMEDY}`).toBe(content);
    }
  });

  test('the migrations in sql/ make the tables that the contract determines', async () => {
    const folder = join(directory, 'migrations');
    const texts = await Promise.all(
      (await readdir(folder)).sort().map((file) => readFile(join(folder, file), 'utf8')),
    );
    for (const entity of entities) {
      expect(
        missingColumns(entity, dialect, texts),
        `sql/${name}/migrations do not make the table of ${entity.name} as the contract says it: run \`${GENERATE_COMMAND} migration ${entity.name}\` and commit what it writes`,
      ).toEqual({ table: false, columns: [], surplus: [] });
    }
  });

  test('a new field is found missing, and the migration that is written adds it', async () => {
    const wider = { ...dmMessage, fields: { ...dmMessage.fields, user: field.integer() } };
    const copy = await mkdtemp(join(tmpdir(), 'ayna-sqlgen-'));
    try {
      await cp(directory, copy, { recursive: true });
      await expect(writeMigration(dmMessage, dialect, copy)).rejects.toThrow(
        'as the contract says',
      );
      const path = await writeMigration(wider, dialect, copy);
      expect(await readFile(path, 'utf8')).toMatch(
        /^ALTER TABLE \S+ ADD (COLUMN )?\W?user\W? bigint;$/im,
      );
      await expect(writeMigration(wider, dialect, copy)).rejects.toThrow('as the contract says');
      await expect(writeMigration(dmMessage, dialect, copy)).rejects.toThrow('DROP COLUMN');
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
});
