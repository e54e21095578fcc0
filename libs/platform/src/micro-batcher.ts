/** When a batch is full enough to go. */
export interface BatchPolicy {
  /** @defaultValue 250: a larger one costs latency and gains little */
  readonly maxBatchSize: number;
  /** How long the first item of a batch waits for company while nothing is in flight. @defaultValue 2 */
  readonly gatherMs: number;
  /**
   * How many batches may be in flight at once, each on a connection of its own.
   * @defaultValue 2: while one is committed the next is filled; more only take turns with it
   */
  readonly maxInFlight: number;
}

export const DEFAULT_BATCH_POLICY: BatchPolicy = {
  maxBatchSize: 250,
  gatherMs: 2,
  maxInFlight: 2,
};

/** Gathers single items into batches. */
export interface MicroBatcher<Item> {
  add(item: Item): void;
  /** Resolves when nothing waits and nothing is in flight. */
  idle(): Promise<void>;
}

/**
 * Gathers items into batches and hands them to `flush`, which must not reject.
 *
 * States: *empty*; *gathering*, the timer runs from the first item on; *saturated*, as many batches
 * as allowed are in flight, items wait without a timer and go as soon as one comes back. So an idle
 * system adds `gatherMs` at most, and a busy one forms its batches by itself.
 */
export function microBatcher<Item>(
  policy: BatchPolicy,
  flush: (items: Item[]) => Promise<void>,
): MicroBatcher<Item> {
  let waiting: Item[] = [];
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  let onIdle: (() => void)[] = [];

  const launch = () => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0 && inFlight < policy.maxInFlight) {
      const batch = waiting.slice(0, policy.maxBatchSize);
      waiting = waiting.slice(batch.length);
      inFlight += 1;
      void flush(batch).finally(landed);
      if (waiting.length < policy.maxBatchSize) break;
    }
    if (waiting.length > 0 && inFlight < policy.maxInFlight)
      timer ??= setTimeout(launch, policy.gatherMs);
  };

  const landed = () => {
    inFlight -= 1;
    if (waiting.length > 0) launch();
    else if (inFlight === 0) {
      for (const resolve of onIdle) resolve();
      onIdle = [];
    }
  };

  return {
    add(item) {
      waiting.push(item);
      if (inFlight >= policy.maxInFlight) return;
      if (waiting.length >= policy.maxBatchSize) launch();
      else timer ??= setTimeout(launch, policy.gatherMs);
    },
    idle: () =>
      waiting.length === 0 && inFlight === 0
        ? Promise.resolve()
        : new Promise((resolve) => onIdle.push(resolve)),
  };
}
