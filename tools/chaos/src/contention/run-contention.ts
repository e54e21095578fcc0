import { isDeepStrictEqual } from 'node:util';
import { AynaError, entities, type Entity, type MirrorChange } from '@ayna/contract';
import { startPostgres } from '@ayna/emulator-sql';
import { keyText, modelRows } from '@ayna/mirror-model';
import { startChild, type Child } from '@ayna/processes';
import { migrate, openDatabase, openMirrorStore, type MirrorStore } from '@ayna/sql-gateway';
import { accountRound } from './account-round.ts';
import type { ContentionReport } from './contention-report.ts';
import { planRound } from './plan-round.ts';
import type { RoundOrder, RoundTold } from './told.ts';

export interface ContentionPlan {
  readonly seed: number;
  readonly minutes: number;
  /** A migrated or an empty database with no rows; none starts a PostgreSQL. */
  readonly databaseUrl: string | undefined;
}

const PROGRAM = new URL('./writer-program.ts', import.meta.url).href;
const WRITERS = 2;
const MS_PER_MINUTE = 60_000;
const MAX_FAULTS = 20;

/**
 * Lets two writers, each a process of its own, deliver the same changes of the same few documents
 * in different orders and batches, round by round. After each round every answer is accounted for
 * and every row is compared with what the history must leave. It ends at the first fault.
 *
 * @throws AynaError `ConfigInvalid` when the mirror tables hold rows
 */
export async function runContention(
  { seed, minutes, databaseUrl }: ContentionPlan,
  note: (text: string) => void,
): Promise<ContentionReport> {
  await using stack = new AsyncDisposableStack();
  const url = databaseUrl ?? stack.use(await startPostgres({ durable: true })).url;
  const database = stack.use(openDatabase({ url, poolSize: 1 }));
  await migrate(database);
  const store = stack.use(openMirrorStore({ database, entities }));
  await refuseRows(store);
  const writers: Child[] = [];
  for (let number = 0; number < WRITERS; number += 1) {
    writers.push(
      stack.use(await startChild(PROGRAM, { args: [url, String(seed), String(number)] })),
    );
  }

  const totals = { calls: 0, changes: 0, repairs: 0, seconds: 0, slowestMs: 0 };
  const collisions: Record<string, number> = {};
  const outcomes = { applied: 0, stale: 0, duplicate: 0 };
  const last = new Map<string, MirrorChange>();
  const faults: string[] = [];
  const startedAt = performance.now();
  let rounds = 0;
  for (let isLast = false; !isLast && faults.length === 0; rounds += 1) {
    isLast = performance.now() - startedAt > minutes * MS_PER_MINUTE;
    const { changes, repairs } = planRound(seed, rounds, isLast);
    const told = await deliver(writers, { round: rounds, isLast });
    if (!Array.isArray(told)) {
      faults.push(told.failed);
      break;
    }
    for (const change of changes) last.set(keyText(change), change);
    faults.push(
      ...accountRound(
        changes,
        told.map((each) => each.outcomes),
      ),
    );
    for (const entity of entities)
      faults.push(...(await compare(store, entity, [...last.values()])));

    totals.repairs += repairs;
    totals.seconds += Math.max(...told.map(({ seconds }) => seconds));
    for (const each of told) {
      totals.calls += each.calls;
      totals.changes += each.outcomes.length;
      totals.slowestMs = Math.max(totals.slowestMs, each.slowestMs);
      for (const outcome of each.outcomes) outcomes[outcome] += 1;
      for (const [number, times] of Object.entries(each.collisions)) {
        collisions[number] = (collisions[number] ?? 0) + times;
      }
    }
    if (rounds % 20 === 0) {
      note(`round ${rounds + 1}: ${totals.changes} changes in ${totals.calls} calls`);
    }
  }
  return {
    seed,
    minutes,
    dialect: database.dialect,
    rounds,
    documents: last.size,
    calls: totals.calls,
    changes: totals.changes,
    repairs: totals.repairs * WRITERS,
    outcomes,
    collisions,
    changesPerSecond: Math.round(totals.changes / totals.seconds),
    slowestCallMs: Math.round(totals.slowestMs),
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    faults: faults.slice(0, MAX_FAULTS),
  };
}

/** What the writers tell; or with which words one of them ended. */
async function deliver(
  writers: readonly Child[],
  order: RoundOrder,
): Promise<RoundTold[] | { readonly failed: string }> {
  for (const writer of writers) writer.send(order);
  try {
    return (await Promise.all(writers.map((writer) => writer.message()))) as RoundTold[];
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

async function refuseRows(store: MirrorStore): Promise<void> {
  for (const entity of entities) {
    const rows = await store.count(entity, { includeTombstones: true });
    if (rows === 0) continue;
    throw new AynaError(
      'ConfigInvalid',
      `${entity.table} holds ${rows} rows: name an empty database in DATABASE_URL`,
    );
  }
}

/** How the rows of an entity differ from those that the last changes leave, a sentence each. */
async function compare(
  store: MirrorStore,
  entity: Entity,
  last: readonly MirrorChange[],
): Promise<string[]> {
  const faults: string[] = [];
  const expected = new Map(
    modelRows(entity, last).map((row) => [keyText({ entity, key: row.key }), row]),
  );
  for await (const row of store.scan(entity, { includeTombstones: true })) {
    const key = keyText({ entity, key: row.key });
    const { mirroredAt } = row;
    const wanted = expected.get(key);
    if (!isDeepStrictEqual(row, { ...wanted, mirroredAt })) {
      faults.push(`${key} holds ${row.eventId}, expected ${wanted?.eventId ?? 'no row'}`);
    }
    expected.delete(key);
  }
  return [...faults, ...[...expected.keys()].map((key) => `${key} has no row`)];
}
