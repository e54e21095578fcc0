import { entities } from '@ayna/contract';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateProcedures, GENERATE_COMMAND, sqlDialects } from '../src/index.ts';

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

  test('every entity has the migration that makes its table', async () => {
    const folder = join(directory, 'migrations');
    const all = await Promise.all(
      (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
    );
    for (const entity of entities) {
      const table = /CREATE TABLE (\S+)/.exec(dialect.createTable(entity))?.[1] ?? '';
      expect(
        all.some((text) => text.includes(`CREATE TABLE ${table} (`)),
        `no migration makes ${table}: run \`${GENERATE_COMMAND} migration ${entity.name}\``,
      ).toBe(true);
    }
  });
});
