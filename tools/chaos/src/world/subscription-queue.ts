import {
  ServiceBusClient,
  type ServiceBusAdministrationClient,
  type ServiceBusReceivedMessage,
} from '@azure/service-bus';
import type { Topology } from '@ayna/service-bus';

/** What stands in the writer's subscription. */
export interface SubscriptionQueue extends AsyncDisposable {
  /** Messages that wait for a writer or are in its hands. */
  waiting(): Promise<number>;
  deadLettered(): Promise<number>;
  /** Looks at the first dead letters without taking them. */
  peekDeadLetters(count: number): Promise<DeadLetter[]>;
  readonly topic: string;
  readonly subscription: string;
  readonly client: ServiceBusClient;
}

/** A dead letter, for a person. */
export interface DeadLetter {
  readonly messageId: string;
  readonly subject: string;
  readonly reason: string;
  readonly description: string;
  readonly deliveryCount: number;
}

export function subscriptionQueue(
  connectionString: string,
  administration: ServiceBusAdministrationClient,
  topology: Topology,
): SubscriptionQueue {
  const client = new ServiceBusClient(connectionString);
  const { topic } = topology;
  const subscription = topology.subscriptions[0]?.name ?? '';
  const counts = () => administration.getSubscriptionRuntimeProperties(topic, subscription);
  return {
    topic,
    subscription,
    client,
    waiting: async () => (await counts()).activeMessageCount,
    deadLettered: async () => (await counts()).deadLetterMessageCount,
    peekDeadLetters: async (count) => {
      const receiver = client.createReceiver(topic, subscription, { subQueueType: 'deadLetter' });
      const messages = await receiver.peekMessages(count);
      await receiver.close();
      return messages.map(deadLetter);
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function deadLetter(message: ServiceBusReceivedMessage): DeadLetter {
  const subject = message.applicationProperties?.cloudEvents_subject;
  return {
    messageId: String(message.messageId),
    subject: typeof subject === 'string' ? subject : '',
    reason: message.deadLetterReason ?? '',
    description: message.deadLetterErrorDescription ?? '',
    deliveryCount: message.deliveryCount ?? 0,
  };
}
