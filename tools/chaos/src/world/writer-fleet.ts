import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '@ayna/processes';
import type { ProcessorCounts, ProcessorStatus } from '@ayna/processor';
import type { WriterLog } from './writer-log.ts';
import { finalCounts, followWriter, type WriterLife } from './writer-life.ts';

/** The replicas of the writer. A replica that ends by itself is started again, as in a cluster. */
export interface WriterFleet extends AsyncDisposable {
  /** Wants this replica to run; returns at once, like an order to a cluster. */
  up(replica: number, skewMs?: number): void;
  /** Ends it and resolves when it has ended. Nothing happens when it does not run. */
  down(replica: number, how: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** The replicas that are wanted. */
  wanted(): readonly number[];
  /** What those that run say now; undefined for one that does not answer. */
  statuses(): Promise<(ProcessorStatus | undefined)[]>;
  /** The sum over all lives. A killed one counts with what it said last, a quarter of a second before. */
  counts(): ProcessorCounts;
  readonly tally: WriterTally;
}

/** How many lives there were, and how they ended. */
interface WriterTally {
  /** Lives that were ready once. */
  lives: number;
  /** Starts that did not succeed: a cluster tries again. */
  failedStarts: number;
  /** Lives that ended though nobody asked them to, with their last words. */
  readonly endedByThemselves: string[];
}

const RESTART_PAUSE_MS = 500;
const LAST_WORDS = 2_000;

interface Replica {
  readonly wanted: AbortController;
  readonly running: Promise<void>;
  life: WriterLife | undefined;
}

const WRITER = import.meta.resolve('@ayna/writer/main');
const SKEW = new URL('./skew-clock.ts', import.meta.url).href;

/** @param env the settings of the writers */
export function writerFleet(env: Readonly<Record<string, string>>, log: WriterLog): WriterFleet {
  const replicas = new Map<number, Replica>();
  const past = { applied: 0, stale: 0, duplicate: 0, deadLettered: 0 };
  const tally: WriterTally = { lives: 0, failedStarts: 0, endedByThemselves: [] };

  const live = async (number: number, skewMs: number, replica: Replica) => {
    let name = '';
    let finals: ProcessorCounts[] = [];
    const onErrorLine = (line: string) => {
      log.add(name, line);
      const counts = finalCounts(line);
      if (counts) finals.push(counts);
    };
    while (isWanted(replica)) {
      name = `writer-${number}.${tally.lives + 1}`;
      finals = [];
      try {
        const child = await startChild(WRITER, {
          env: { ...env, CHAOS_CLOCK_SKEW_MS: String(skewMs) },
          nodeFlags: skewMs === 0 ? [] : ['--import', SKEW],
          signal: replica.wanted.signal,
          onErrorLine,
        });
        tally.lives += 1;
        replica.life = followWriter(child);
        // It may have become ready just when it was no longer wanted.
        if (!isWanted(replica)) await child.kill();
        const { code, lastWords } = await child.ended;
        add(past, finals.at(-1) ?? replica.life.status()?.counts);
        replica.life = undefined;
        if (isWanted(replica)) {
          const words = lastWords.slice(-LAST_WORDS);
          tally.endedByThemselves.push(`${name} ended with ${code ?? 'a signal'}: ${words}`);
        }
      } catch {
        if (isWanted(replica)) tally.failedStarts += 1;
      }
      await delay(RESTART_PAUSE_MS, undefined, { signal: replica.wanted.signal }).catch(
        () => undefined,
      );
    }
  };

  const down = async (number: number, how: 'SIGKILL' | 'SIGTERM') => {
    const replica = replicas.get(number);
    if (!replica) return;
    replicas.delete(number);
    replica.wanted.abort();
    const child = replica.life?.child;
    await (how === 'SIGKILL' ? child?.kill() : child?.stop());
    await replica.running;
  };

  const lives = () => [...replicas.values()].flatMap(({ life }) => (life ? [life] : []));

  return {
    tally,
    up: (number, skewMs = 0) => {
      if (replicas.has(number)) return;
      const replica: Replica = {
        wanted: new AbortController(),
        life: undefined,
        running: Promise.resolve(),
      };
      replicas.set(number, Object.assign(replica, { running: live(number, skewMs, replica) }));
    },
    down,
    wanted: () => [...replicas.keys()],
    statuses: () =>
      Promise.all(
        [...replicas.values()].map(async ({ life }) => life?.ask().catch(() => undefined)),
      ),
    counts: () => {
      const sum = { ...past };
      for (const life of lives()) add(sum, life.status()?.counts);
      return sum;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...replicas.keys()].map((number) => down(number, 'SIGTERM')));
    },
  };
}

const isWanted = ({ wanted }: Replica): boolean => !wanted.signal.aborted;

function add(
  sum: { -readonly [Name in keyof ProcessorCounts]: number },
  counts: ProcessorCounts | undefined,
): void {
  if (!counts) return;
  sum.applied += counts.applied;
  sum.stale += counts.stale;
  sum.duplicate += counts.duplicate;
  sum.deadLettered += counts.deadLettered;
}
