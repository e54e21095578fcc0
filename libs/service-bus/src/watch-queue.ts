import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { AynaError } from '@ayna/contract';
import { aynaMeter, wholeNumber, type Logger } from '@ayna/platform';
import { brokerFailure } from './broker-failure.ts';
import { readQueueCounts, type QueueCounts } from './queue-counts.ts';

/** More than this many dead letters are reported. */
const DEFAULT_DEADLETTER_ALERT_THRESHOLD = 10;
/** More than this many waiting messages are reported. */
const DEFAULT_QUEUE_DEPTH_ALERT_THRESHOLD = 1_000;
const DEFAULT_INTERVAL_MS = 30_000;
const MS_PER_SECOND = 1_000;

/**
 * An alert ends when the count has come down to this share of its threshold, so that a count that
 * goes up and down around the threshold is reported once.
 */
const RECOVERED_AT = 0.8;

/** The variables of a program that watches its queue, for `readConfig`. */
export const queueWatchSettings = {
  SERVICEBUS_DEADLETTER_ALERT_THRESHOLD: wholeNumber(0, 1_000_000_000).default(
    DEFAULT_DEADLETTER_ALERT_THRESHOLD,
  ),
  SERVICEBUS_QUEUE_DEPTH_ALERT_THRESHOLD: wholeNumber(0, 1_000_000_000).default(
    DEFAULT_QUEUE_DEPTH_ALERT_THRESHOLD,
  ),
};

/** What is watched. */
type Watched = keyof QueueCounts;

/** Counts beyond which somebody should look. */
export type AlertThresholds = QueueCounts;

/** A threshold was crossed, or the count has come down again. */
export interface QueueAlert {
  readonly kind: 'exceeded' | 'recovered';
  readonly watched: Watched;
  readonly count: number;
  readonly threshold: number;
}

export interface QueueWatchOptions {
  readonly administration: ServiceBusAdministrationClient;
  readonly topic: string;
  readonly subscription: string;
  readonly thresholds: AlertThresholds;
  readonly logger: Logger;
  /** @defaultValue 30,000 ms */
  readonly intervalMs?: number;
  /** Told of each alert and each recovery, after the log. */
  readonly onAlert?: (alert: QueueAlert) => void;
}

/** A queue that is being watched. */
export interface QueueWatch {
  /** The latest counts; undefined until they could be read. */
  counts(): QueueCounts | undefined;
  /** Ends the watch. Resolves when nothing of it is under way. Never rejects. */
  close(): Promise<void>;
}

/** The thresholds that a program's settings name. */
export function alertThresholds(config: {
  readonly SERVICEBUS_DEADLETTER_ALERT_THRESHOLD: number;
  readonly SERVICEBUS_QUEUE_DEPTH_ALERT_THRESHOLD: number;
}): AlertThresholds {
  return {
    deadLetters: config.SERVICEBUS_DEADLETTER_ALERT_THRESHOLD,
    depth: config.SERVICEBUS_QUEUE_DEPTH_ALERT_THRESHOLD,
  };
}

/**
 * Watches how many messages wait in a subscription and how many are dead letters: now and every
 * `intervalMs`, as the metrics `mirror_queue_depth` and `mirror_dead_letters`, with one error in
 * the log when a threshold is exceeded and one notice when the count has come down again. A metric
 * keeps its last value; `mirror_queue_counted_timestamp_seconds` says how old it is.
 *
 * Counting needs a key with the Manage right. Without it, or while the broker is away, that is said
 * once, and again only after the counts could be read in between; the program goes on.
 */
export function watchQueue(options: QueueWatchOptions): QueueWatch {
  const { administration, topic, subscription, thresholds, logger, onAlert } = options;
  const gauges = {
    depth: aynaMeter().createGauge('mirror_queue_depth', {
      description: 'Messages that wait in the subscription, or are locked',
    }),
    deadLetters: aynaMeter().createGauge('mirror_dead_letters', {
      description: 'Messages in the dead-letter queue of the subscription',
    }),
    countedAt: aynaMeter().createGauge('mirror_queue_counted_timestamp_seconds', {
      description: 'When both were counted last, in seconds since 1970',
    }),
  };
  const exceeded = new Set<Watched>();
  let latest: QueueCounts | undefined;
  let unreadable = false;
  const ending = new AbortController();

  const judge = (watched: Watched, count: number) => {
    const threshold = thresholds[watched];
    const alert = (kind: QueueAlert['kind']) => onAlert?.({ kind, watched, count, threshold });
    const fields = { topic, subscription, count, threshold };
    if (!exceeded.has(watched) && count > threshold) {
      exceeded.add(watched);
      logger.error(fields, `${EXCEEDED[watched]} (${count}, alert above ${threshold})`);
      alert('exceeded');
    } else if (exceeded.has(watched) && count <= Math.floor(threshold * RECOVERED_AT)) {
      exceeded.delete(watched);
      logger.info(fields, `${RECOVERED[watched]} (${count}, alert above ${threshold})`);
      alert('recovered');
    }
  };

  const look = async () => {
    try {
      latest = await readQueueCounts(administration, topic, subscription, ending.signal);
    } catch (error) {
      if (ending.signal.aborted) return;
      latest = undefined;
      if (!unreadable) sayUnreadable(logger, error);
      unreadable = true;
      return;
    }
    if (unreadable) logger.info({ ...latest }, 'the queue can be watched again');
    unreadable = false;
    gauges.countedAt.record(Math.floor(Date.now() / MS_PER_SECOND), { subscription });
    for (const watched of ['depth', 'deadLetters'] as const) {
      gauges[watched].record(latest[watched], { subscription });
      judge(watched, latest[watched]);
    }
  };

  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();
  const turn = () => {
    looking = look().finally(() => {
      if (!ending.signal.aborted)
        timer = setTimeout(turn, options.intervalMs ?? DEFAULT_INTERVAL_MS).unref();
    });
  };
  turn();
  return {
    counts: () => latest,
    close: async () => {
      ending.abort();
      clearTimeout(timer);
      await looking;
    },
  };
}

const EXCEEDED: Readonly<Record<Watched, string>> = {
  depth: 'more messages wait than the writers take: look at them, at SQL, or add replicas',
  deadLetters: 'there are too many dead letters: `ayna dlq list` shows them and what to do',
};

const RECOVERED: Readonly<Record<Watched, string>> = {
  depth: 'the backlog of messages is worked off',
  deadLetters: 'the dead letters are dealt with',
};

function sayUnreadable(logger: Logger, error: unknown): void {
  const { code, message } =
    error instanceof AynaError ? error : brokerFailure(error, 'the messages cannot be counted');
  logger.warn(
    { code, detail: message },
    code === 'BrokerRejected'
      ? 'the queue is not watched: see that the subscription exists and that the key of this program has the Manage right on it (with a managed identity, the role Azure Service Bus Data Owner), or watch the metrics of the namespace; all else goes on'
      : 'the queue cannot be watched now; all else goes on',
  );
}
