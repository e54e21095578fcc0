/** Bounds how many pieces of work are under way at once. */
export interface Slots {
  /** Resolves when there is room, in the order of asking. Whoever has taken a slot frees it. */
  take(): Promise<void>;
  free(): void;
  /** Resolves once no slot is taken. */
  idle(): Promise<void>;
}

export function createSlots(limit: number): Slots {
  const waiting: (() => void)[] = [];
  const idle: (() => void)[] = [];
  let taken = 0;
  return {
    take: async () => {
      if (taken < limit) taken += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    free: () => {
      const next = waiting.shift();
      if (next) next();
      else taken -= 1;
      if (taken === 0) for (const resolve of idle.splice(0)) resolve();
    },
    idle: async () => {
      if (taken > 0) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}
