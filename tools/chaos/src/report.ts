import type { Drift } from '@ayna/demo/verify';
import type { ProcessorCounts } from '@ayna/processor';
import type { InjectedFault } from './inject.ts';
import type { Stuck } from './settle.ts';
import type { SqlOutages } from './world/sql.ts';
import type { DeadLetter } from './world/subscription-queue.ts';
import type { World } from './world/world.ts';
import type { LogGroup } from './world/writer-log.ts';

/** What a run found; the one line of `--json`. */
export interface ChaosReport {
  readonly seed: number;
  readonly minutes: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly faults: readonly InjectedFault[];
  readonly writes: number;
  /** Writes that Firestore refused. */
  readonly refusedWrites: readonly string[];
  readonly documents: number;
  /** Deliveries of triggers, copies included, and how often one failed and was repeated. */
  readonly triggers: {
    readonly delivered: number;
    readonly retried: number;
    readonly failures: readonly { readonly says: string; readonly times: number }[];
  };
  /** The sum over all lives of the writers; of a killed one what it said last. */
  readonly outcomes: ProcessorCounts;
  readonly writers: {
    readonly lives: number;
    readonly failedStarts: number;
    readonly endedByThemselves: readonly string[];
    readonly strangeLines: readonly string[];
  };
  readonly deadLettered: number;
  readonly deadLetters: readonly DeadLetter[];
  readonly drift: Drift;
  readonly outageSeconds: { readonly sql: number; readonly broker: number };
  readonly sqlOutages: SqlOutages;
  /** From the end of the last fault until nothing was on its way. */
  readonly settledSeconds: number;
  /** Undefined when nothing is on its way. */
  readonly stuck: Stuck | undefined;
  readonly writerLog: readonly LogGroup[];
  /** Where the logs are, when the run failed. */
  readonly logs: string | undefined;
}

/** A run passes when the mirror is Firestore's image and nothing valid was dead-lettered. */
export function hasPassed(
  report: Pick<ChaosReport, 'drift' | 'deadLettered' | 'stuck' | 'refusedWrites'>,
): boolean {
  const { missing, extra, different } = report.drift;
  return (
    missing + extra + different + report.deadLettered + report.refusedWrites.length === 0 &&
    report.stuck === undefined
  );
}

export function countByKind(faults: readonly InjectedFault[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fault } of faults) counts[fault] = (counts[fault] ?? 0) + 1;
  return counts;
}

/** What every run reports about the world it ran in. */
export function worldFigures(
  world: World,
): Pick<
  ChaosReport,
  'triggers' | 'outcomes' | 'writers' | 'outageSeconds' | 'sqlOutages' | 'writerLog'
> {
  const { delivered, retried } = world.firestore.functions.stats();
  return {
    triggers: { delivered, retried, failures: world.triggers.failures() },
    outcomes: world.writers.counts(),
    writers: { ...world.writers.tally, strangeLines: world.writerLog.strange() },
    outageSeconds: { sql: world.sql.outageSeconds(), broker: world.broker.outageSeconds() },
    sqlOutages: world.sql.outages,
    writerLog: world.writerLog.groups(),
  };
}
