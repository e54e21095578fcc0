import { entities } from '@ayna/contract';
import { postgresDirectory } from '@ayna/sql';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTable, generateProcedures, GENERATE_COMMAND } from '../src/index.ts';

const REMEDY = `run \`${GENERATE_COMMAND}\` and commit what it writes`;

test('the procedures in sql/ are the ones the contract determines', async () => {
  const files = generateProcedures(entities);
  const there = await readdir(join(postgresDirectory, 'procedures'));
  expect(
    there.map((name) => `procedures/${name}`).sort(),
    `sql/postgres/procedures has other files than the contract: ${REMEDY}`,
  ).toEqual(files.map(({ path }) => path).sort());
  for (const { path, content } of files) {
    const committed = await readFile(join(postgresDirectory, path), 'utf8');
    expect(committed, `sql/postgres/${path} differs from the contract: ${REMEDY}`).toBe(content);
  }
});

test('every entity has the migration that makes its table', async () => {
  const folder = join(postgresDirectory, 'migrations');
  const all = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  for (const entity of entities) {
    const name = /CREATE TABLE (\S+)/.exec(createTable(entity))?.[1] ?? '';
    expect(
      all.some((text) => text.includes(`CREATE TABLE ${name} (`)),
      `no migration makes ${name}: run \`${GENERATE_COMMAND} migration ${entity.name}\``,
    ).toBe(true);
  }
});
