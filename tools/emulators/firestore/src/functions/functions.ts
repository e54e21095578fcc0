import { randomUUID } from 'node:crypto';
import { seededRandom } from '@ayna/processes';
import type { DocumentChange } from '../store/document.ts';
import { toCloudEvent, type ChangeEvent } from './event.ts';
import { DeliveryQueue } from './shuffle.ts';
import {
  toSubscription,
  type CloudFunction,
  type FunctionTarget,
  type RegisterOptions,
  type Subscription,
} from './target.ts';

const DEFAULT_CONCURRENCY = 80;
const DEFAULT_MIN_BACKOFF_MS = 100;
const DEFAULT_MAX_BACKOFF_MS = 10_000;
const DEFAULT_LOCATION = 'eur3';

/** How long a shuffled event waits for its window to fill. */
const SHUFFLE_HOLD_MS = 20;

/** What a test may do to deliveries: all of it happens to real ones, sooner or later. */
export interface Disturbance {
  /** How often each event is delivered, for tests of idempotency. @defaultValue `1` */
  readonly copies?: number;
  /** Deliver in a random order that `seed` determines, drawn from the next `window` events. */
  readonly shuffle?: { readonly seed: number; readonly window: number };
  /** Hold back a share of the deliveries (0..1), each for up to `maxMs`, as `seed` determines. */
  readonly late?: { readonly seed: number; readonly share: number; readonly maxMs: number };
}

/** How changes reach functions. Delivery is at least once and in no order that is promised. */
export interface DeliveryOptions extends Disturbance {
  /** The most calls under way at once. @defaultValue `80` */
  readonly concurrency?: number;
  /** The wait before the first repetition; it doubles each time. @defaultValue `100` */
  readonly minBackoffMs?: number;
  /** The longest wait between repetitions. @defaultValue `10_000` */
  readonly maxBackoffMs?: number;
  /** The location named in events. @defaultValue `eur3` */
  readonly location?: string;
  /** Told of every failed delivery. @defaultValue `console.error` */
  readonly log?: (message: string, cause: unknown) => void;
}

/** What has become of the deliveries so far. */
export interface DeliveryStats {
  /** Waiting, under way, or waiting to be repeated. */
  readonly pending: number;
  readonly delivered: number;
  /** Given up: failed without retry. */
  readonly failed: number;
  /** Failed attempts that were or will be repeated. */
  readonly retried: number;
}

/** The functions that hear of document changes. */
export interface Functions {
  /** Registers a function; the function returned removes it. @throws Error when it is no trigger */
  register(target: CloudFunction | FunctionTarget, options?: RegisterOptions): () => void;
  /** Resolves once nothing is pending. Never rejects; does not resolve while a retry keeps failing. */
  drain(): Promise<void>;
  stats(): DeliveryStats;
  /** Disturbs the delivery of all changes from now on; `{}` ends what disturbed it before. */
  disturb(disturbance: Disturbance): void;
}

/** The emulator's own side of `Functions`. */
export interface FunctionsControl extends Functions {
  /** Queues the events of a commit. Returns before anything is delivered; never throws. */
  dispatch(changes: readonly DocumentChange[], databaseName: string): void;
  /** Drops what is pending and delivers nothing more. */
  stop(): void;
}

interface Delivery {
  readonly event: ChangeEvent;
  readonly subscription: Subscription;
  attempts: number;
}

export function createFunctions(options: DeliveryOptions = {}): FunctionsControl {
  const {
    concurrency = DEFAULT_CONCURRENCY,
    minBackoffMs = DEFAULT_MIN_BACKOFF_MS,
    maxBackoffMs = DEFAULT_MAX_BACKOFF_MS,
    location = DEFAULT_LOCATION,
    log = (message: string, cause: unknown) => console.error(message, cause),
  } = options;
  const queue = new DeliveryQueue<Delivery>();
  const subscriptions = new Set<Subscription>();
  const timers = new Set<NodeJS.Timeout>();
  const drained = new Set<() => void>();
  const counts = { pending: 0, delivered: 0, failed: 0, retried: 0 };
  let copies = 1;
  let delayMs: () => number = () => 0;
  let active = 0;
  let scheduled = false;
  let stopped = false;

  function later(afterMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, afterMs);
    timers.add(timer);
  }

  function schedule(): void {
    if (scheduled || stopped) return;
    scheduled = true;
    const run = () => {
      scheduled = false;
      pump();
    };
    if (queue.length < queue.window) later(SHUFFLE_HOLD_MS, run);
    else setImmediate(run);
  }

  function pump(): void {
    while (active < concurrency && queue.length > 0) start();
  }

  function start(): void {
    const delivery = queue.take();
    if (delivery === undefined || stopped) return;
    active++;
    void attempt(delivery).finally(() => {
      active--;
      if (!scheduled) pump();
      if (counts.pending === 0) settle();
    });
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const { event, subscription } = delivery;
    try {
      await subscription.call(toCloudEvent(event, subscription.eventType, location));
      counts.delivered++;
      counts.pending--;
    } catch (cause) {
      if (stopped) return;
      log(`Function ${subscription.name} failed for ${event.change.path} (${event.id})`, cause);
      if (subscription.retry) repeat(delivery);
      else {
        counts.failed++;
        counts.pending--;
      }
    }
  }

  function repeat(delivery: Delivery): void {
    const ceiling = Math.min(maxBackoffMs, minBackoffMs * 2 ** delivery.attempts++);
    counts.retried++;
    enqueueLater(ceiling * (0.5 + Math.random() / 2), delivery);
  }

  function enqueueLater(afterMs: number, delivery: Delivery): void {
    later(afterMs, () => {
      queue.push(delivery);
      schedule();
    });
  }

  function disturb({ copies: each = 1, shuffle, late }: Disturbance): void {
    copies = each;
    queue.window = shuffle?.window ?? 1;
    queue.random = seededRandom(shuffle?.seed ?? 0).next;
    const { next } = seededRandom(late?.seed ?? 0);
    delayMs = () => (late !== undefined && next() < late.share ? next() * late.maxMs : 0);
  }

  function settle(): void {
    for (const resolve of drained) resolve();
    drained.clear();
  }

  disturb(options);

  return {
    disturb,
    register: (target, registration = {}) => {
      const subscription = toSubscription(target, registration);
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    drain: () => {
      if (counts.pending === 0) return Promise.resolve();
      return new Promise((resolve) => drained.add(resolve));
    },
    stats: () => ({ ...counts }),
    dispatch: (changes, databaseName) => {
      if (subscriptions.size === 0 || stopped) return;
      for (const change of changes) {
        const event = { id: randomUUID(), databaseName, change };
        for (const subscription of subscriptions) {
          if (!subscription.wants(change, databaseName)) continue;
          for (let copy = 0; copy < copies; copy++) {
            const delivery = { event, subscription, attempts: 0 };
            const heldBackMs = delayMs();
            if (heldBackMs > 0) enqueueLater(heldBackMs, delivery);
            else queue.push(delivery);
            counts.pending++;
          }
        }
      }
      if (queue.length > 0) schedule();
    },
    stop: () => {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      counts.pending = 0;
      settle();
    },
  };
}
