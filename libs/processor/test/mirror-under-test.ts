import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiverOptions,
} from '@azure/service-bus';
import {
  CONTRACT_VERSION,
  dmMessage,
  entities,
  snakeCase,
  SourceVersion,
  type MirrorChange,
  type MirrorEvent,
} from '@ayna/contract';
import {
  startServiceBusEmulator,
  type ServiceBusEmulator,
  type ServiceBusEmulatorOptions,
} from '@ayna/emulator-service-bus';
import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
import { createLogger } from '@ayna/platform';
import { connectServiceBus, toMessage } from '@ayna/service-bus';
import {
  migrate,
  openDatabase,
  openMirrorStore,
  type Database,
  type MirrorStore,
} from '@ayna/sql-gateway';
import { afterAll, expect } from 'vitest';
import { startProcessor, type Processor, type ProcessorOptions } from '../src/index.ts';

export const TOPIC = 'mirror';
export const SUBSCRIPTION = 'sql-writer';
export const MAX_DELIVERIES = 3;

let server: RunningDatabase | undefined;
let opened: Database | undefined;
afterAll(async () => {
  await opened?.close();
  await server?.close();
});

/** The one database of a test file, with no rows in it. */
async function emptyDatabase(): Promise<Database> {
  if (!opened) {
    server = await startPglite();
    opened = openDatabase({ url: server.url });
    await migrate(opened);
  }
  const kysely = opened.kysely.$extendTables<Record<string, object>>();
  for (const { table } of entities) await kysely.deleteFrom(snakeCase(table)).execute();
  return opened;
}

/** A broker of its own and an empty database, and what a test does with them. */
export interface MirrorUnderTest extends AsyncDisposable {
  readonly store: MirrorStore;
  readonly broker: ServiceBusEmulator;
  send(...messages: ServiceBusMessage[]): Promise<void>;
  /** Starts a processor on the real store, or on what the test puts in its way. */
  start(options?: Partial<ProcessorOptions>): Processor;
  /** A client of the broker as it is seen at another port. */
  connectAt(port: number): ServiceBusClient;
  /** What the subscription still holds, locked messages included. */
  waiting(): Promise<ServiceBusReceivedMessage[]>;
  deadLetters(): Promise<ServiceBusReceivedMessage[]>;
  /** The bodies of the mirrored messages, by message id. */
  bodies(): Promise<Record<string, unknown>>;
}

export async function openMirror(
  lockDurationMs = 60_000,
  keeping: Pick<ServiceBusEmulatorOptions, 'dataDirectory'> = {},
): Promise<MirrorUnderTest> {
  const broker = await startServiceBusEmulator({
    ...keeping,
    topology: {
      topics: {
        [TOPIC]: {
          subscriptions: { [SUBSCRIPTION]: { lockDurationMs, maxDeliveryCount: MAX_DELIVERIES } },
        },
      },
    },
  });
  const database = await emptyDatabase();
  const store = openMirrorStore({ database, entities });
  const connectAt = (port: number) => {
    const connectionString = broker.connectionString.replace(`:${broker.port};`, `:${port};`);
    return connectServiceBus({ kind: 'connectionString', connectionString }, 0);
  };
  const client = connectAt(broker.port);
  const sender = client.createSender(TOPIC);
  /** A receiver goes on where its last peek ended, so each peek has one of its own. */
  const peek = async (options: ServiceBusReceiverOptions = {}) => {
    const receiver = client.createReceiver(TOPIC, SUBSCRIPTION, options);
    const messages = await receiver.peekMessages(100);
    await receiver.close();
    return messages;
  };
  const processors: Processor[] = [];
  return {
    store,
    broker,
    connectAt,
    send: (...messages) => sender.sendMessages(messages),
    start(options = {}) {
      const processor = startProcessor({
        connect: () => connectAt(broker.port),
        topic: TOPIC,
        subscription: SUBSCRIPTION,
        store,
        entities,
        logger: createLogger('test', 'silent'),
        backoff: { firstMs: 5, maxMs: 20 },
        ...options,
      });
      processors.push(processor);
      return processor;
    },
    waiting: () => peek(),
    deadLetters: () => peek({ subQueueType: 'deadLetter' }),
    async bodies() {
      const bodies: Record<string, unknown> = {};
      for await (const { key, columns } of store.scan(dmMessage)) {
        bodies[key.messageId ?? ''] = columns?.body;
      }
      return bodies;
    },
    async [Symbol.asyncDispose]() {
      for (const processor of processors) await processor.stop();
      await client.close();
      await broker.close();
    },
  };
}

/** A change of one message of one conversation, as it travels. */
export function messageOf(
  messageId: string,
  change: Partial<MirrorEvent['data']> = {},
): ServiceBusMessage {
  const key = { conversationId: 'c', messageId };
  const sourceVersion = change.sourceVersion ?? SourceVersion.fromMicros(1_760_000_000_000_000n);
  const time = sourceVersion.toIso();
  const event: MirrorEvent = {
    specversion: '1.0',
    id: `event-${messageId}-${sourceVersion.toString()}`,
    type: 'dm.message.create',
    source: '//test',
    subject: dmMessage.path.format(key),
    time,
    contractversion: CONTRACT_VERSION,
    data: {
      operation: 'create',
      key,
      sourceVersion,
      replacesVersion: null,
      document: JSON.stringify({ body: `body of ${messageId}` }),
      previousDocument: null,
      claimCheck: false,
      occurredAt: time,
      attempt: 1,
      syncSource: 'trigger',
      ...change,
    },
  };
  return toMessage(event, event.id);
}

/** The message ids of changes, in order. */
export function idsOf(changes: readonly MirrorChange[]): string[] {
  return changes.map(({ key }) => key.messageId ?? '');
}

/** Waits until a processor has nothing in hand and has settled that many events. */
export async function settled(processor: Processor, events: number): Promise<void> {
  await expect
    .poll(() => {
      const { counts, inHand } = processor.status();
      const { applied, stale, duplicate, deadLettered } = counts;
      return [applied + stale + duplicate + deadLettered, inHand];
    }, EVENTUALLY)
    .toEqual([events, 0]);
}

export const EVENTUALLY = { timeout: 20_000, interval: 5 };
