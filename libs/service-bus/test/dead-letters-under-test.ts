import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
} from '@azure/service-bus';
import {
  startServiceBusEmulator,
  type Clock,
  type ServiceBusEmulator,
} from '@ayna/emulator-service-bus';
import {
  connectServiceBus,
  openDeadLetters,
  type AuditRecord,
  type DeadLetter,
  type DeadLetters,
} from '../src/index.ts';

export const TOPIC = 'mirror';
export const SUBSCRIPTION = 'sql-writer';

/** A broker of its own with a topic and one subscription, and what a test does with them. */
export interface DeadLettersUnderTest extends AsyncDisposable {
  readonly broker: ServiceBusEmulator;
  readonly client: ServiceBusClient;
  readonly letters: DeadLetters;
  /** What the audit was given. */
  readonly audited: AuditRecord[];
  /** What every run needs, with the audit above. */
  readonly run: {
    readonly by: string;
    readonly audit: (records: readonly AuditRecord[]) => Promise<void>;
    readonly patienceMs: number;
  };
  /** Publishes messages and dead-letters all of them. */
  bury(messages: readonly ServiceBusMessage[], reason?: string): Promise<void>;
  /** All dead letters, in the order of their numbers. */
  all(): Promise<DeadLetter[]>;
  /** Takes everything that waits on the subscription. */
  delivered(): Promise<ServiceBusReceivedMessage[]>;
  /** Another operator on a connection of its own. */
  operator(): { readonly client: ServiceBusClient; readonly letters: DeadLetters };
}

export async function openLetters(
  lockDurationMs = 60_000,
  clock?: Clock,
): Promise<DeadLettersUnderTest> {
  const broker = await startServiceBusEmulator({
    ...(clock ? { clock } : {}),
    topology: {
      topics: {
        [TOPIC]: {
          requiresDuplicateDetection: true,
          subscriptions: { [SUBSCRIPTION]: { lockDurationMs } },
        },
      },
    },
  });
  const clients: ServiceBusClient[] = [];
  const operator = () => {
    const client = connectServiceBus(
      { kind: 'connectionString', connectionString: broker.connectionString },
      0,
    );
    clients.push(client);
    return {
      client,
      letters: openDeadLetters({ client, topic: TOPIC, subscription: SUBSCRIPTION }),
    };
  };
  const { client, letters } = operator();
  const audited: AuditRecord[] = [];
  return {
    broker,
    client,
    letters,
    audited,
    operator,
    run: {
      by: 'test',
      patienceMs: 60_000,
      audit: (records) => {
        audited.push(...records);
        return Promise.resolve();
      },
    },
    async bury(messages, reason = 'ContractViolation') {
      const sender = client.createSender(TOPIC);
      const receiver = client.createReceiver(TOPIC, SUBSCRIPTION);
      for (let start = 0; start < messages.length; start += 200) {
        const some = messages.slice(start, start + 200);
        await sender.sendMessages(some);
        for (let buried = 0; buried < some.length;) {
          const got = await receiver.receiveMessages(some.length - buried);
          await Promise.all(
            got.map((message) =>
              receiver.deadLetterMessage(message, {
                deadLetterReason: reason,
                deadLetterErrorDescription: `${reason} in detail`,
              }),
            ),
          );
          buried += got.length;
        }
      }
      await sender.close();
      await receiver.close();
    },
    async all() {
      const all: DeadLetter[] = [];
      for await (const letter of letters.list()) all.push(letter);
      return all;
    },
    async delivered() {
      const receiver = client.createReceiver(TOPIC, SUBSCRIPTION, {
        receiveMode: 'receiveAndDelete',
        skipParsingBodyAsJson: true,
      });
      const all: ServiceBusReceivedMessage[] = [];
      for (;;) {
        const some = await receiver.receiveMessages(1_000, { maxWaitTimeInMs: 200 });
        all.push(...some);
        if (some.length === 0) break;
      }
      await receiver.close();
      return all;
    },
    async [Symbol.asyncDispose]() {
      for (const one of clients) await one.close();
      await broker.close();
    },
  };
}

/** An event about one message of one conversation, as it travels. */
export function event(
  messageId: string,
  data: Readonly<Record<string, unknown>> = {},
): ServiceBusMessage & { applicationProperties: Record<string, string | number> } {
  return {
    messageId: `id-of-${messageId}`,
    contentType: 'application/json',
    subject: 'dm.message.create',
    applicationProperties: {
      cloudEvents_specversion: '1.0',
      cloudEvents_id: `event-${messageId}`,
      cloudEvents_type: 'dm.message.create',
      cloudEvents_source: '//test',
      cloudEvents_subject: `conversations/c/messages/${messageId}`,
      cloudEvents_time: new Date().toISOString(),
      cloudEvents_contractversion: 1,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    },
    body: {
      conversationId: 'c',
      messageId,
      operation: 'create',
      document: '{}',
      attempt: 1,
      syncSource: 'trigger',
      ...data,
    },
  };
}

/** `m1`, `m2`, ... */
export function events(count: number): ServiceBusMessage[] {
  return Array.from({ length: count }, (_, index) => event(`m${index + 1}`));
}
