import { errorRegistry } from '@ayna/contract';

/** What a dead-letter reason means, and what a person does about it. */
export interface ReasonExplained {
  readonly cause: string;
  readonly remedy: string;
}

/**
 * The reasons that Service Bus itself gives ("Overview of Service Bus dead-letter queues" in
 * Azure's documentation).
 */
export const brokerReasons: Readonly<Record<string, ReasonExplained>> = {
  MaxDeliveryCountExceeded: {
    cause:
      'The broker delivered the message as often as it may, and no reader settled it: its readers died or lost their locks.',
    remedy:
      'Look for restarts of the writer at that time (memory, kills), then replay the dead letter. Nothing says that the message itself is bad.',
  },
  TTLExpiredException: {
    cause: 'Nobody read the message before its time to live was over.',
    remedy:
      'See that the writer runs and keeps up, then replay the dead letter; an older version never overwrites a newer one.',
  },
  HeaderSizeExceeded: {
    cause: 'The properties of the message are larger than the broker allows.',
    remedy: 'Find out who publishes such properties; then discard the dead letter and repair.',
  },
  'Session ID is null': {
    cause: 'The entity requires sessions, and the message has none.',
    remedy:
      'Create the subscription without sessions, as the mirror provisions it, then replay the dead letter.',
  },
  MaxTransferHopCountExceeded: {
    cause: 'The message was forwarded from entity to entity more than four times.',
    remedy: 'Look at the forwarding of the entities: the mirror itself forwards nothing.',
  },
  FilterEvaluationException: {
    cause: 'A rule of the subscription could not be evaluated for the message.',
    remedy: 'Correct the rules of the subscription, then replay the dead letter.',
  },
};

const UNKNOWN: ReasonExplained = {
  cause:
    'Neither Ayna nor the broker gives this reason; another program dead-lettered the message.',
  remedy: 'Read the description and ask whoever runs that program; then replay or discard it.',
};

/** Explains a reason of the error registry, of the broker's, or of somebody else's. */
export function explainReason(reason: string): ReasonExplained {
  const entry = Object.entries(errorRegistry).find(([code]) => code === reason)?.[1];
  if (entry) return { cause: entry.cause, remedy: entry.remedy };
  const name = Object.keys(brokerReasons).find(
    (known) => known.toLowerCase() === reason.replace(/\.$/, '').toLowerCase(),
  );
  return (name === undefined ? undefined : brokerReasons[name]) ?? UNKNOWN;
}
