import { checkMirror } from '@ayna/consistency';
import { entities } from '@ayna/contract';
import type { Bench } from './bench.ts';
import { fillBothSides, type BothSides } from './check/both-sides.ts';
import { pgliteSource, postgresSource, type DatabaseSource } from './databases.ts';
import { median } from './median.ts';
import { nowMs } from './now.ts';

/** Documents a second of one store, round by round. */
interface Rates {
  readonly check: number[];
  readonly readBoth: number[];
}

/**
 * What the check costs beside merely reading both sides, at the same time and with the same pages:
 * the ceiling of anything that compares them.
 */
export const checkBench: Bench = {
  summary: 'the check of a mirror in step against merely reading both sides',
  async run({ events, rounds, progress }) {
    await using postgres = await postgresSource();
    await using pglite = pgliteSource();
    const measured = async (name: string, databases: DatabaseSource): Promise<Rates> => {
      progress(`${name}: writing ${events} documents and their rows`);
      await using sides = await fillBothSides(databases, events);
      // Both sides are read once before anything counts: connections are made, code is compiled.
      await readBoth(sides);
      const rates: Rates = { check: [], readBoth: [] };
      for (let round = 0; round < rounds; round += 1) {
        const runs = [
          async () => rates.readBoth.push(await rateOf(sides, readBoth)),
          async () => rates.check.push(await rateOf(sides, check)),
        ];
        for (const run of round % 2 === 0 ? runs : runs.toReversed()) await run();
        progress(
          `  round ${round + 1}: check ${whole(rates.check.at(-1))}, reading ${whole(rates.readBoth.at(-1))} documents/s`,
        );
      }
      return rates;
    };
    const onPostgres = await measured('PostgreSQL', postgres);
    const onPglite = await measured('PGlite', pglite);
    const ratio = ratioOf(onPostgres);
    const ratioPglite = ratioOf(onPglite);
    return {
      figures: {
        bench: 'check',
        documents: events,
        rounds,
        documentsPerSecond: {
          check: Math.round(median(onPostgres.check)),
          readBoth: Math.round(median(onPostgres.readBoth)),
          checkPglite: Math.round(median(onPglite.check)),
          readBothPglite: Math.round(median(onPglite.readBoth)),
        },
        ratio: Number(ratio.toFixed(3)),
        ratioPglite: Number(ratioPglite.toFixed(3)),
      },
      lines: [
        `${events} documents, median of ${rounds} rounds`,
        '',
        row('documents/s', 'PostgreSQL', 'PGlite'),
        row('check', whole(median(onPostgres.check)), whole(median(onPglite.check))),
        row(
          'ceiling: reading both',
          whole(median(onPostgres.readBoth)),
          whole(median(onPglite.readBoth)),
        ),
        row('ratio, round by round', ratio.toFixed(2), ratioPglite.toFixed(2)),
      ],
    };
  },
};

async function rateOf(
  sides: BothSides,
  work: (sides: BothSides) => Promise<number>,
): Promise<number> {
  const begun = nowMs();
  const documents = await work(sides);
  if (documents !== sides.documents) {
    throw new Error(`${documents} documents were looked at; expected ${sides.documents}`);
  }
  return documents / ((nowMs() - begun) / 1_000);
}

async function check({ source, store }: BothSides): Promise<number> {
  const { total } = await checkMirror({ entities, source, store });
  if (total.driftPercent > 0) throw new Error('the check found drift where there is none');
  return total.checked;
}

async function readBoth({ source, store }: BothSides): Promise<number> {
  let documents = 0;
  for (const entity of entities) {
    const [read] = await Promise.all([
      countOf(source.scan(entity)),
      countOf(store.scan(entity, { includeTombstones: true })),
    ]);
    documents += read;
  }
  return documents;
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  const iterator = items[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true) count += 1;
  return count;
}

/** The median of the ratios of the rounds: what slowed a round slowed both sides of its ratio. */
function ratioOf({ check, readBoth }: Rates): number {
  return median(check.map((rate, round) => rate / (readBoth[round] ?? Number.NaN)));
}

function row(label: string, ...cells: string[]): string {
  return [label.padEnd(24), ...cells.map((cell) => cell.padStart(12))].join('');
}

function whole(value: number | undefined): string {
  return String(Math.round(value ?? Number.NaN));
}
