import { entities } from '@ayna/contract';
import { openMirrorStore } from '@ayna/sql-gateway';
import { expect, test } from 'vitest';
import { pgliteSource, postgresSource, type DatabaseSource } from '../src/databases.ts';
import type { BulkPath } from '../src/store/bulk-path.ts';
import { postgresCopy, postgresUnnest } from '../src/store/bulk-postgres.ts';
import { measureStore } from '../src/store/measure-store.ts';

const measuring = { batchSizes: [1, 50], rounds: 2, budgetMs: 50, maxRows: 100 };

test.for<[string, () => Promise<DatabaseSource>, (url: string) => Promise<BulkPath>]>([
  ['PGlite', () => Promise.resolve(pgliteSource()), postgresUnnest],
  ['PostgreSQL', postgresSource, postgresCopy],
])(
  'a store is measured for every batch size in every round, and every row written is there; an answer other than applied stops it: %s',
  { timeout: 120_000 },
  async ([, open, openBulk]) => {
    await using source = await open();
    await using database = await source.fresh();
    await using store = openMirrorStore({ database: database.url, entities });
    await using bulk = await openBulk(database.url);
    const rates = await measureStore(store, bulk, measuring);
    expect([...rates.keys()]).toEqual([1, 50]);
    for (const found of rates.values()) {
      for (const rounds of [found.bulk, found.inserts, found.updates]) {
        expect(rounds.map((perSecond) => perSecond > 0)).toEqual([true, true]);
      }
    }
    await expect(measureStore(store, bulk, measuring)).rejects.toThrow('answered');
  },
);
