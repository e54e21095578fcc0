import { rm } from 'node:fs/promises';
import { SourceVersion } from '@ayna/contract';
import { verifyMirror } from '@ayna/demo/verify';
import { getFirestore } from 'firebase-admin/firestore';
import { faults } from './faults/index.ts';
import { injectAll } from './inject.ts';
import { planLoad } from './load/plan-load.ts';
import { runLoad, type LoadProgress } from './load/run-load.ts';
import { countByKind, hasPassed, worldFigures, type ChaosReport } from './report.ts';
import { planSchedule } from './schedule.ts';
import { settle } from './settle.ts';
import { startWorld, type World } from './world/world.ts';

/** What a run is made from. */
export interface ChaosPlan {
  readonly seed: number;
  readonly minutes: number;
  readonly writesPerSecond: number;
  /** How long the mirror has, after the last fault, until nothing is on its way. */
  readonly settleMinutes: number;
  /** A SQL server of somebody else; none starts one. */
  readonly databaseUrl: string | undefined;
}

export interface ChaosHooks {
  /** Told what happens, as it happens. */
  readonly note: (text: string) => void;
  /** Called when all faults are over, before the wait: a test spoils the mirror here. */
  readonly onHealed?: (world: World) => Promise<void>;
}

const MS_PER_MINUTE = 60_000;
const MICROS_PER_MS = 1_000;
const SHOWN_DEAD_LETTERS = 20;
const SHOWN_REFUSALS = 20;

/** Runs a schedule of faults under load against the whole mirror, and compares what came out. */
export async function runChaos(plan: ChaosPlan, hooks: ChaosHooks): Promise<ChaosReport> {
  const lengthMs = plan.minutes * MS_PER_MINUTE;
  const schedule = planSchedule(faults, plan.seed, lengthMs);
  await using world = await startWorld(plan.databaseUrl);
  const firestore = getFirestore();
  const since = SourceVersion.fromMicros(BigInt(Date.now() * MICROS_PER_MS));
  const possible = schedule.filter(({ fault }) => !fault.needsOwnSql || world.sql.stoppable);
  const skipped = schedule
    .filter((scheduled) => !possible.includes(scheduled))
    .map(
      ({ atMs, fault, detail }) =>
        `${fault.name} at ${atMs} ms (${detail}): DATABASE_URL names a server that is not ours to stop`,
    );

  const progress: LoadProgress = { writes: 0, touched: new Set(), refused: [] };
  const steps = planLoad({ ...plan, lengthMs });
  const [injected] = await Promise.all([
    injectAll(world, possible, hooks.note),
    runLoad(firestore, steps, progress, true),
  ]);
  hooks.note(
    `${progress.writes} writes done, all faults over: waiting until nothing is on its way`,
  );
  await hooks.onHealed?.(world);
  const { seconds, stuck } = await settle(world, plan.settleMinutes * MS_PER_MINUTE);

  hooks.note('comparing Firestore with SQL');
  await using store = world.openStore();
  const drift = await verifyMirror(firestore, store, progress.touched, since);
  const report: ChaosReport = {
    seed: plan.seed,
    minutes: plan.minutes,
    faultsByKind: countByKind(injected),
    faults: injected,
    skipped,
    writes: progress.writes,
    refusedWrites: progress.refused.slice(0, SHOWN_REFUSALS),
    documents: progress.touched.size,
    deadLettered: await world.queue.deadLettered(),
    deadLetters: await world.queue.peekDeadLetters(SHOWN_DEAD_LETTERS),
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
