import { createAlarm } from './alarm.ts';
import type { Clock } from './clock.ts';
import type { Queue, Subscription } from './receiving-entity.ts';
import type { Topic } from './topic.ts';

/** Removes entities that nobody has used for their `autoDeleteOnIdle`. */
export interface IdleWatch {
  /** To be called when an entity was created or its settings were changed. */
  look(): void;
  stop(): void;
}

/** The entities that there are, and how one is removed. */
interface Watched {
  readonly clock: Clock;
  entities(): Iterable<Queue | Topic | Subscription>;
  remove(path: string): void;
}

/** An entity with a receiver is in use, also while there is nothing to receive. */
function inUse(entity: Queue | Topic | Subscription): boolean {
  return entity.kind !== 'topic' && (entity.store.attended || entity.deadLetters.attended);
}

/** Watches over all entities of a namespace. */
export function createIdleWatch(namespace: Watched): IdleWatch {
  const look = (): void => {
    const nowMs = namespace.clock.now();
    for (const entity of [...namespace.entities()]) {
      const { autoDeleteOnIdleMs } = entity.description;
      if (autoDeleteOnIdleMs === Infinity) continue;
      if (inUse(entity)) entity.dates.accessedAtMs = nowMs;
      const endsAtMs = entity.dates.accessedAtMs + autoDeleteOnIdleMs;
      if (endsAtMs > nowMs) alarm.setFor(endsAtMs);
      else namespace.remove(entity.path);
    }
  };
  const alarm = createAlarm(namespace.clock, look);
  return {
    look,
    stop() {
      alarm.cancel();
    },
  };
}
