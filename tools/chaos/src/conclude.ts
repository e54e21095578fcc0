import { rm } from 'node:fs/promises';
import type { SourceVersion } from '@ayna/contract';
import { verifyMirror } from '@ayna/demo/verify';
import { getFirestore } from 'firebase-admin/firestore';
import type { InjectedFault } from './inject.ts';
import type { LoadProgress } from './load/run-load.ts';
import { countByKind, hasPassed, worldFigures, type ChaosReport } from './report.ts';
import { settle } from './settle.ts';
import type { World } from './world/world.ts';

/** What happened in a run, before its end. */
export interface RunSoFar {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: readonly InjectedFault[];
  readonly progress: LoadProgress;
  /** Rows of a version before it are not of this run. */
  readonly since: SourceVersion;
  readonly settleMinutes: number;
}

/** Told what happens in a run, as it happens. */
export interface RunHooks {
  readonly note: (text: string) => void;
  /** Called when all faults are over, before the wait: a test spoils the mirror here. */
  readonly onHealed?: (world: World) => Promise<void>;
}

const MS_PER_MINUTE = 60_000;
const SHOWN = 20;

/**
 * Ends a run: waits until nothing is on its way, compares Firestore with SQL, and reports. The logs
 * of a run that passed are removed.
 */
export async function conclude(
  world: World,
  run: RunSoFar,
  { note, onHealed }: RunHooks,
): Promise<ChaosReport> {
  const { progress } = run;
  note(`${progress.writes} writes done, all faults over: waiting until nothing is on its way`);
  await onHealed?.(world);
  const { seconds, stuck } = await settle(world, run.settleMinutes * MS_PER_MINUTE);
  note('comparing Firestore with SQL');
  await using store = world.openStore();
  const drift = await verifyMirror(getFirestore(), store, progress.touched, run.since);
  const report: ChaosReport = {
    seed: run.seed,
    minutes: run.minutes,
    faultsByKind: countByKind(run.faults),
    faults: run.faults,
    writes: progress.writes,
    refusedWrites: progress.refused.slice(0, SHOWN),
    documents: progress.touched.size,
    deadLettered: await world.queue.deadLettered(),
    deadLetters: await world.queue.peekDeadLetters(SHOWN),
    drift,
    settledSeconds: seconds,
    stuck,
    ...worldFigures(world),
    logs: undefined,
  };
  if (!hasPassed(report)) return { ...report, logs: world.directory };
  await rm(world.directory, { recursive: true, force: true });
  return report;
}
