import type { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import {
  connectAdministration,
  connectServiceBus,
  mirrorTopology,
  provisionTopology,
  type ServiceBusEndpoint,
} from '@ayna/service-bus';
import { startProgram } from './program.ts';

/** The embedded Service Bus, in a process of its own. */
export interface Broker extends AsyncDisposable {
  readonly connectionString: string;
  readonly client: ServiceBusClient;
  readonly administration: ServiceBusAdministrationClient;
  /** Creates a topic with subscriptions that lose nothing. */
  createTopic(topic: string, subscriptions: readonly string[]): Promise<void>;
  /** Messages that wait or are locked, and dead letters. */
  left(topic: string, subscription: string): Promise<{ active: number; deadLettered: number }>;
}

/** Starts a broker on a free port. Rejects when it does not come up. */
export async function startBroker(): Promise<Broker> {
  const main = new URL('main.ts', import.meta.resolve('@ayna/emulator-service-bus'));
  const child = await startProgram(main.href, ['--port', '0']);
  const connectionString = String(child.announcement);
  const endpoint: ServiceBusEndpoint = { kind: 'connectionString', connectionString };
  const client = connectServiceBus(endpoint);
  const administration = connectAdministration(endpoint);
  return {
    connectionString,
    client,
    administration,
    async createTopic(topic, subscriptions) {
      await provisionTopology(administration, {
        ...mirrorTopology(topic),
        subscriptions: subscriptions.map((name) => ({ name, kind: 'durable' })),
      });
    },
    async left(topic, subscription) {
      const counts = await administration.getSubscriptionRuntimeProperties(topic, subscription);
      return {
        active: counts.activeMessageCount,
        deadLettered: counts.deadLetterMessageCount,
      };
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await child.stop();
    },
  };
}
