import { entities } from '@ayna/contract';
import { openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import type { Bench } from './bench.ts';
import {
  pgliteSource,
  postgresSource,
  sqlServerSource,
  sqlServerUrl,
  type DatabaseSource,
} from './databases.ts';
import { median } from './median.ts';
import type { BulkPath } from './store/bulk-path.ts';
import { postgresCopy, postgresUnnest } from './store/bulk-postgres.ts';
import { sqlServerBulk } from './store/bulk-sql-server.ts';
import { measureStore, type Rates } from './store/measure-store.ts';

const BATCH_SIZES = [1, 20, 200, 1_000];
/** Each figure of each round is measured for so long. */
const BUDGET_MS = 1_500;
const STATEMENT_TIMEOUT_MS = 120_000;

/** One store that may be measured. */
interface Candidate {
  readonly name: string;
  readonly open: () => Promise<DatabaseSource>;
  readonly bulk: (url: string) => Promise<BulkPath>;
}

/** What was found of one store. */
interface Found {
  readonly name: string;
  readonly bulkPath: string;
  readonly rates: ReadonlyMap<number, Rates>;
}

/**
 * What `MirrorStore.apply` costs beside the driver's own bulk path, which compares no versions and
 * keeps no key and no index. For many rows at once it is the ceiling; for few it is only what that
 * driver offers, since starting a bulk load has its price too.
 */
export const storeBench: Bench = {
  summary:
    "batches through the mirror store against the driver's bulk path, on every store at hand",
  async run({ events, rounds, progress }) {
    const server = sqlServerUrl();
    const candidates: readonly Candidate[] = [
      { name: 'PGlite', open: () => Promise.resolve(pgliteSource()), bulk: postgresUnnest },
      { name: 'PostgreSQL', open: postgresSource, bulk: postgresCopy },
      ...(server === undefined
        ? []
        : [
            {
              name: 'SQL Server',
              open: () => Promise.resolve(sqlServerSource(server)),
              bulk: sqlServerBulk,
            },
          ]),
    ];
    const found: Found[] = [];
    for (const { name, open, bulk: openBulk } of candidates) {
      progress(name);
      await using source = await open();
      await using fresh = await source.fresh();
      await using database = openDatabase({
        url: fresh.url,
        poolSize: 1,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      });
      const store = openMirrorStore({ database, entities });
      await using bulk = await openBulk(fresh.url);
      const measuring = {
        batchSizes: BATCH_SIZES,
        rounds,
        budgetMs: BUDGET_MS,
        maxRows: events,
      };
      found.push({ name, bulkPath: bulk.name, rates: await measureStore(store, bulk, measuring) });
    }
    const notCovered =
      server === undefined
        ? ['SQL Server: set SQLSERVER_URL=mssql://USER:PASSWORD@HOST:PORT/DATABASE']
        : [];
    return {
      figures: {
        bench: 'store',
        rounds,
        stores: Object.fromEntries(found.map((store) => [store.name, figuresOf(store)])),
        notCovered,
      },
      lines: [
        `rows/s of apply, one batch after the other, median of ${rounds} rounds`,
        ...found.flatMap(linesOf),
        '',
        ...(notCovered.length > 0 ? notCovered.map((what) => `NOT COVERED ${what}`) : []),
      ],
    };
  },
};

function figuresOf({ bulkPath, rates }: Found): object {
  const batches = [...rates].map(([size, found]) => [
    size,
    {
      inserts: Math.round(median(found.inserts)),
      updates: Math.round(median(found.updates)),
      bulk: Math.round(median(found.bulk)),
      ratioInserts: Number(ratioOf(found.inserts, found.bulk).toFixed(3)),
      ratioUpdates: Number(ratioOf(found.updates, found.bulk).toFixed(3)),
    },
  ]);
  return { bulkPath, rowsPerSecond: Object.fromEntries(batches) as object };
}

function linesOf({ name, bulkPath, rates }: Found): string[] {
  return [
    '',
    row(name, 'new rows', 'updates', bulkPath, 'ratio new', 'ratio upd.'),
    ...[...rates].map(([size, { inserts, updates, bulk }]) =>
      row(
        `  batches of ${size}`,
        ...[inserts, updates, bulk].map((rate) => String(Math.round(median(rate)))),
        ratioOf(inserts, bulk).toFixed(2),
        ratioOf(updates, bulk).toFixed(2),
      ),
    ),
  ];
}

/** The median of the ratios of the rounds: what slowed a round slowed both sides of its ratio. */
function ratioOf(rates: readonly number[], ceilings: readonly number[]): number {
  return median(rates.map((rate, round) => rate / (ceilings[round] ?? Number.NaN)));
}

function row(label: string, ...cells: string[]): string {
  return [label.padEnd(22), ...cells.map((cell) => cell.padStart(20))].join('');
}
