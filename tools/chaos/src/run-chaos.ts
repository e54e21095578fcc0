import { SourceVersion } from '@ayna/contract';
import { getFirestore } from 'firebase-admin/firestore';
import { conclude, type RunHooks } from './conclude.ts';
import { faults } from './faults/index.ts';
import { injectAll } from './inject.ts';
import { planLoad } from './load/plan-load.ts';
import { newProgress, runLoad } from './load/run-load.ts';
import type { ChaosReport } from './report.ts';
import { planSchedule } from './schedule.ts';
import { startWorld } from './world/world.ts';

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

const MS_PER_MINUTE = 60_000;
const MICROS_PER_MS = 1_000;

/** Runs a schedule of faults under load against the whole mirror, and compares what came out. */
export async function runChaos(plan: ChaosPlan, hooks: RunHooks): Promise<ChaosReport> {
  const lengthMs = plan.minutes * MS_PER_MINUTE;
  const schedule = planSchedule(faults, plan.seed, lengthMs);
  await using world = await startWorld(plan.databaseUrl);
  const since = SourceVersion.fromMicros(BigInt(Date.now() * MICROS_PER_MS));
  const progress = newProgress();
  const [injected] = await Promise.all([
    injectAll(world, schedule, hooks.note),
    runLoad(getFirestore(), planLoad({ ...plan, lengthMs }), progress, 'paced'),
  ]);
  return await conclude(world, { ...plan, faults: injected, progress, since }, hooks);
}
