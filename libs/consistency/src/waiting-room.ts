import { setTimeout as delay } from 'node:timers/promises';

/** Looks at things again after a pause. */
export interface WaitingRoom<Item> {
  /** Resolves when there is room: await it, so that memory stays flat. Rejects after a failure. */
  add(item: Item, pauseMs: number): Promise<void>;
  /** Nothing more comes: resolves when the room is empty. Rejects with the first failure. */
  emptied(): Promise<void>;
  readonly size: number;
}

/** One that is to be looked at again, and after how long. */
export interface Again<Item> {
  readonly item: Item;
  readonly pauseMs: number;
}

export interface WaitingRoomOptions<Item> {
  /** Items at most; beyond it `add` waits. */
  readonly capacity: number;
  readonly batchSize: number;
  /** Batches that are looked at at the same time. */
  readonly parallel: number;
  /** Looks at items whose pause is over; what it returns stays. Its rejection ends the room. */
  readonly look: (items: readonly Item[]) => Promise<readonly Again<Item>[]>;
  /** Once aborted, nothing is looked at any more. */
  readonly signal: AbortSignal;
  /** Told of the first failure, with which `add` and `emptied` reject. */
  readonly onFailure: () => void;
}

/** Those that wait equally long, so that the first is due first. */
type Bench<Item> = { readonly item: Item; readonly dueAt: number }[];

export function openWaitingRoom<Item>(options: WaitingRoomOptions<Item>): WaitingRoom<Item> {
  const { capacity, batchSize, parallel, look, signal } = options;
  const benches = new Map<number, Bench<Item>>();
  const state = { size: 0, closing: false, failed: false };
  let changed = Promise.withResolvers<undefined>();
  const notify = () => {
    changed.resolve(undefined);
    changed = Promise.withResolvers<undefined>();
  };
  signal.addEventListener('abort', notify, { once: true });
  const isOver = () => state.failed || signal.aborted;

  const seat = (item: Item, pauseMs: number) => {
    const bench = benches.get(pauseMs) ?? [];
    benches.set(pauseMs, bench);
    bench.push({ item, dueAt: performance.now() + pauseMs });
    if (bench.length === 1) notify();
  };
  const earliest = () => {
    let first: Bench<Item> | undefined;
    for (const bench of benches.values()) {
      const dueAt = bench[0]?.dueAt ?? Number.POSITIVE_INFINITY;
      if (dueAt < (first?.[0]?.dueAt ?? Number.POSITIVE_INFINITY)) first = bench;
    }
    return first;
  };
  const takeDue = (bench: Bench<Item>): Item[] => {
    const now = performance.now();
    const notDue = bench.findIndex(({ dueAt }, at) => dueAt > now || at === batchSize);
    return bench.splice(0, notDue === -1 ? bench.length : notDue).map(({ item }) => item);
  };
  const waitUntil = async (dueAt: number) => {
    const timer = new AbortController();
    const pause = delay(Math.max(1, dueAt - performance.now()), undefined, timer);
    await Promise.race([pause.catch(() => undefined), changed.promise]);
    timer.abort();
  };

  const serve = async () => {
    while (!isOver()) {
      const bench = earliest();
      const [head] = bench ?? [];
      if (!bench || !head) {
        if (state.closing && state.size === 0) return;
        await changed.promise;
        continue;
      }
      if (head.dueAt > performance.now()) {
        await waitUntil(head.dueAt);
        continue;
      }
      const items = takeDue(bench);
      const again = await look(items);
      for (const { item, pauseMs } of again) seat(item, pauseMs);
      state.size -= items.length - again.length;
      notify();
    }
  };
  const serving = Promise.all(Array.from({ length: parallel }, serve)).catch((error: unknown) => {
    state.failed = true;
    notify();
    options.onFailure();
    throw error;
  });
  // Whoever adds or waits meets the failure.
  serving.catch(() => undefined);

  return {
    get size() {
      return state.size;
    },
    async add(item, pauseMs) {
      while (state.size >= capacity && !isOver()) await changed.promise;
      if (state.failed) await serving;
      state.size += 1;
      seat(item, pauseMs);
    },
    async emptied() {
      state.closing = true;
      notify();
      await serving;
    },
  };
}
