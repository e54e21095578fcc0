import { wholeNumber } from '@ayna/platform';
import { z } from 'zod';
import { serviceBusEndpoint, type ServiceBusEndpoint } from './connection.ts';
import { DEFAULT_SQL_WRITER_SUBSCRIPTION, DEFAULT_TOPIC, MESSAGE_LIFE_DAYS } from './topology.ts';

/** The variables of every program that talks to the broker, for `readConfig`. */
export const serviceBusSettings = {
  SERVICEBUS_CONNECTION_STRING: z.string().optional(),
  SERVICEBUS_NAMESPACE: z.string().optional(),
  SERVICEBUS_TOPIC_REALTIME_MIRROR: z.string().default(DEFAULT_TOPIC),
  SERVICEBUS_SUBSCRIPTION_SQL_WRITER: z.string().default(DEFAULT_SQL_WRITER_SUBSCRIPTION),
};

const MAX_RETENTION_DAYS = 3_650;

/** How long tombstones are kept: longer than any message lives, or a late one brings a row back. */
export const tombstoneSettings = {
  TOMBSTONE_RETENTION_DAYS: wholeNumber(MESSAGE_LIFE_DAYS, MAX_RETENTION_DAYS)
    .default(30)
    .describe(
      `expected days from ${MESSAGE_LIFE_DAYS}, which is how long a message may live, to ${MAX_RETENTION_DAYS}`,
    ),
};

/** Where the mirror's messages are. */
export interface ServiceBusPlace {
  readonly endpoint: ServiceBusEndpoint;
  readonly topic: string;
  /** The subscription that is written to SQL. */
  readonly subscription: string;
}

/**
 * The place that the settings name.
 *
 * @throws AynaError `ConfigInvalid` when they name no namespace
 * @example
 * const { endpoint, topic } = serviceBusOf(readConfig(serviceBusSettings, process.env));
 */
export function serviceBusOf(
  config: z.infer<z.ZodObject<typeof serviceBusSettings>>,
): ServiceBusPlace {
  return {
    endpoint: serviceBusEndpoint(config.SERVICEBUS_CONNECTION_STRING, config.SERVICEBUS_NAMESPACE),
    topic: config.SERVICEBUS_TOPIC_REALTIME_MIRROR,
    subscription: config.SERVICEBUS_SUBSCRIPTION_SQL_WRITER,
  };
}
