import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduledFault } from './schedule.ts';
import type { World } from './world/world.ts';

/** What was injected, and when it really happened, after the start of the run. */
export interface InjectedFault {
  readonly atMs: number;
  readonly fault: string;
  readonly detail: string;
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

/**
 * Carries out a schedule. A fault on a thing that is still in the hands of the one before waits for
 * it: starting a server takes as long as it takes. Resolves when all are over.
 */
export async function injectAll(
  world: World,
  schedule: readonly ScheduledFault[],
  note: (text: string) => void,
): Promise<InjectedFault[]> {
  const startedAt = performance.now();
  const now = () => Math.round(performance.now() - startedAt);
  const queues = new Map<string, Promise<unknown>>();
  const injected: Promise<InjectedFault>[] = [];
  for (const scheduled of schedule) {
    const { atMs, fault, detail, on, durationMs } = scheduled;
    await delay(Math.max(0, atMs - now()));
    const inject = async (): Promise<InjectedFault> => {
      const beganAtMs = now();
      note(`${(beganAtMs / 1_000).toFixed(1)} s  ${fault.name}: ${detail}`);
      await scheduled.begin(world);
      await delay(Math.max(0, durationMs - (now() - beganAtMs)));
      await scheduled.end?.(world);
      return { atMs, fault: fault.name, detail, beganAtMs, endedAtMs: now() };
    };
    const running = (queues.get(on) ?? Promise.resolve()).then(inject);
    queues.set(on, running);
    injected.push(running);
  }
  return Promise.all(injected);
}
