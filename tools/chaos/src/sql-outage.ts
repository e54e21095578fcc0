import { setTimeout as delay } from 'node:timers/promises';
import { SourceVersion } from '@ayna/contract';
import { getFirestore } from 'firebase-admin/firestore';
import { conclude, type RunHooks } from './conclude.ts';
import type { InjectedFault } from './inject.ts';
import { planLoad } from './load/plan-load.ts';
import { newProgress, runLoad } from './load/run-load.ts';
import type { ChaosReport } from './report.ts';
import { startWorld } from './world/world.ts';

/** SQL is stopped in the middle of a load, and started again. */
export interface OutagePlan {
  readonly seed: number;
  /** Writes of the load; each is an event, but for deletes of what is not there. */
  readonly events: number;
  /** How long SQL is away. */
  readonly seconds: number;
  readonly settleMinutes: number;
  readonly databaseUrl: string | undefined;
}

const POLL_MS = 20;
const MICROS_PER_MS = 1_000;
const MS_PER_MINUTE = 60_000;

/**
 * Writes the load as fast as it goes; when half of it is written SQL is stopped, and the other half
 * is written while it is away.
 */
export async function runSqlOutage(plan: OutagePlan, hooks: RunHooks): Promise<ChaosReport> {
  await using world = await startWorld(plan.databaseUrl);
  const since = SourceVersion.fromMicros(BigInt(Date.now() * MICROS_PER_MS));
  const startedAt = performance.now();
  const now = () => Math.round(performance.now() - startedAt);
  const progress = newProgress();

  const outage = async (): Promise<InjectedFault> => {
    while (progress.writes < plan.events / 2) await delay(POLL_MS);
    const beganAtMs = now();
    hooks.note(`${progress.writes} writes: SQL goes away for ${plan.seconds} s`);
    await world.sql.stop('fast');
    await delay(plan.seconds * 1_000);
    await world.sql.start();
    hooks.note(`${progress.writes} writes: SQL is back`);
    const detail = `fast stop, away for ${plan.seconds} s`;
    return { atMs: beganAtMs, fault: 'sql-outage', detail, beganAtMs, endedAtMs: now() };
  };
  const steps = planLoad({ seed: plan.seed, lengthMs: plan.events, writesPerSecond: 1_000 });
  const [fault] = await Promise.all([
    outage(),
    runLoad(getFirestore(), steps, progress, 'as fast as it goes'),
  ]);
  const minutes = Math.round((now() / MS_PER_MINUTE) * 100) / 100;
  return await conclude(world, { ...plan, minutes, faults: [fault], progress, since }, hooks);
}
