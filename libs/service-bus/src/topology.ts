import {
  type CreateSubscriptionOptions,
  type ServiceBusAdministrationClient,
} from '@azure/service-bus';
import { brokerFailure } from './broker-failure.ts';

/** A topic and who listens to it. */
export interface Topology {
  readonly topic: string;
  /** How long the broker remembers a `messageId`, as an ISO 8601 duration. */
  readonly duplicateDetectionWindow: string;
  /**
   * How long a message stays with a reader that does not settle or renew it, as an ISO 8601
   * duration of at most five minutes. What a reader that died had in hand comes back after it.
   */
  readonly lockDuration: string;
  /** How long an optional subscription keeps what nobody reads, as an ISO 8601 duration. */
  readonly optionalTimeToLive: string;
  readonly subscriptions: readonly SubscriptionPlan[];
}

/**
 * What a subscription is for decides how long it keeps what nobody reads.
 * `durable`: nothing may be lost, so messages stay, and expired ones are dead-lettered.
 * `optional`: a tap that may be closed for weeks without filling up the topic.
 */
export interface SubscriptionPlan {
  readonly name: string;
  readonly kind: 'durable' | 'optional';
}

export const DEFAULT_TOPIC = 'realtime-mirror';
export const DEFAULT_SQL_WRITER_SUBSCRIPTION = 'sql-writer';

/**
 * Deliveries before the broker dead-letters a message by itself. Ayna dead-letters poison at its
 * first delivery, with a reason; what the broker counts are writers that were killed, scaled in or
 * cut off with the message in hand. That says nothing about the message, so it takes many.
 */
export const MAX_DELIVERY_COUNT = 100;

/** How long a message that nobody takes lives, in days; after that it is a dead letter. */
export const MESSAGE_LIFE_DAYS = 14;

/** The code that the administration client gives to the broker's 409. */
const ALREADY_EXISTS = 'MessageEntityAlreadyExistsError';

const DEFAULT_LOCK_DURATION = 'PT1M';
const DURABLE_TIME_TO_LIVE = `P${MESSAGE_LIFE_DAYS}D`;
const DEFAULT_OPTIONAL_TIME_TO_LIVE = 'PT1M';

/** The topology of the mirror: one durable reader, the SQL writer, and two optional taps. */
export function mirrorTopology(
  topic: string = DEFAULT_TOPIC,
  sqlWriter: string = DEFAULT_SQL_WRITER_SUBSCRIPTION,
): Topology {
  return {
    topic,
    duplicateDetectionWindow: 'PT10M',
    lockDuration: DEFAULT_LOCK_DURATION,
    optionalTimeToLive: DEFAULT_OPTIONAL_TIME_TO_LIVE,
    subscriptions: [
      { name: sqlWriter, kind: 'durable' },
      { name: 'monitoring', kind: 'optional' },
      { name: 'realtime', kind: 'optional' },
    ],
  };
}

/** The names of what a call of `provisionTopology` created; empty when all stood already. */
export type Provisioned = readonly string[];

/**
 * Creates what is missing of a topology and leaves alone what exists, whatever its settings: an
 * operator's choice is not overwritten. Safe to run from many replicas at once.
 *
 * @throws AynaError `BrokerUnavailable` or `BrokerRejected`
 */
export async function provisionTopology(
  administration: ServiceBusAdministrationClient,
  topology: Topology,
): Promise<Provisioned> {
  const created: string[] = [];
  const create = async (name: string, work: () => Promise<unknown>) => {
    try {
      await work();
      created.push(name);
    } catch (error) {
      if (codeOf(error) === ALREADY_EXISTS) return;
      throw brokerFailure(error, `"${name}" could not be provisioned`);
    }
  };
  await create(topology.topic, () =>
    administration.createTopic(topology.topic, {
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: topology.duplicateDetectionWindow,
      enableBatchedOperations: true,
      supportOrdering: false,
    }),
  );
  for (const { name, kind } of topology.subscriptions) {
    await create(`${topology.topic}/${name}`, () =>
      administration.createSubscription(topology.topic, name, subscriptionOptions(kind, topology)),
    );
  }
  return created;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function subscriptionOptions(
  kind: SubscriptionPlan['kind'],
  { lockDuration, optionalTimeToLive }: Topology,
): CreateSubscriptionOptions {
  const durable = kind === 'durable';
  return {
    maxDeliveryCount: MAX_DELIVERY_COUNT,
    lockDuration,
    defaultMessageTimeToLive: durable ? DURABLE_TIME_TO_LIVE : optionalTimeToLive,
    deadLetteringOnMessageExpiration: durable,
    deadLetteringOnFilterEvaluationExceptions: durable,
    enableBatchedOperations: true,
  };
}
