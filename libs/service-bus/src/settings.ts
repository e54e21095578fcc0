import { z } from 'zod';
import { serviceBusEndpoint, type ServiceBusEndpoint } from './connection.ts';
import { DEFAULT_SQL_WRITER_SUBSCRIPTION, DEFAULT_TOPIC } from './topology.ts';

/** The settings by which every program reaches the broker. */
export const serviceBusSettings = {
  SERVICEBUS_CONNECTION_STRING: z.string().optional(),
  SERVICEBUS_NAMESPACE: z.string().optional(),
  SERVICEBUS_TOPIC_REALTIME_MIRROR: z.string().default(DEFAULT_TOPIC),
  SERVICEBUS_SUBSCRIPTION_SQL_WRITER: z.string().default(DEFAULT_SQL_WRITER_SUBSCRIPTION),
};

/** What `serviceBusSettings` say, in the terms of this library. */
export interface ServiceBusConfig {
  readonly endpoint: ServiceBusEndpoint;
  readonly topic: string;
  /** The subscription that is written to SQL. */
  readonly subscription: string;
}

/** @throws AynaError `ConfigInvalid` when neither connection string nor namespace is set */
export function serviceBusConfig(
  settings: z.infer<z.ZodObject<typeof serviceBusSettings>>,
): ServiceBusConfig {
  return {
    endpoint: serviceBusEndpoint(
      settings.SERVICEBUS_CONNECTION_STRING,
      settings.SERVICEBUS_NAMESPACE,
    ),
    topic: settings.SERVICEBUS_TOPIC_REALTIME_MIRROR,
    subscription: settings.SERVICEBUS_SUBSCRIPTION_SQL_WRITER,
  };
}
