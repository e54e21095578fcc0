import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { connectServiceBus } from '@ayna/service-bus';
import { ayna, startAyna, type Ended, type Running } from './ayna.ts';

const TOPIC = 'realtime-mirror';
const SUBSCRIPTION = 'sql-writer';

/** A broker with the mirror's topic, and `ayna` pointed at it. */
export interface BrokerUnderTest extends AsyncDisposable {
  /** Publishes an event for each message id, and dead-letters it. */
  bury(ids: readonly string[], reason?: string, time?: Date): Promise<void>;
  ayna(...args: string[]): Promise<Ended>;
  start(...args: string[]): Running;
  /** Paths of the dead letters, as `ayna dlq list --json` tells them. */
  deadPaths(): Promise<string[]>;
  /** Takes what waits on the subscription: paths, sorted. */
  deliveredPaths(): Promise<string[]>;
  audit(): Promise<Record<string, unknown>[]>;
}

export async function openBroker(lockDurationMs = 60_000): Promise<BrokerUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'ayna-cli-'));
  const auditFile = join(directory, 'audit.jsonl');
  const broker = await startServiceBusEmulator({
    topology: {
      topics: {
        [TOPIC]: {
          requiresDuplicateDetection: true,
          subscriptions: { [SUBSCRIPTION]: { lockDurationMs } },
        },
      },
    },
  });
  const { connectionString } = broker;
  const client = connectServiceBus({ kind: 'connectionString', connectionString }, 0);
  const env = { SERVICEBUS_CONNECTION_STRING: connectionString, AYNA_AUDIT_FILE: auditFile };
  return {
    async bury(ids, reason = 'ContractViolation', time = new Date()) {
      const sender = client.createSender(TOPIC);
      await sender.sendMessages(ids.map((id) => event(id, time)));
      const receiver = client.createReceiver(TOPIC, SUBSCRIPTION);
      for (let buried = 0; buried < ids.length;) {
        const got = await receiver.receiveMessages(ids.length - buried);
        for (const message of got) {
          await receiver.deadLetterMessage(message, {
            deadLetterReason: reason,
            deadLetterErrorDescription: `wrong,\u001b[31m in detail`,
          });
        }
        buried += got.length;
      }
      await sender.close();
      await receiver.close();
    },
    ayna: (...args) => ayna(args, env),
    start: (...args) => startAyna(args, env),
    async deadPaths() {
      const { stdout } = await ayna(['dlq', 'list', '--json'], env);
      return jsonLines(stdout).map(({ path }) => String(path));
    },
    async deliveredPaths() {
      const receiver = client.createReceiver(TOPIC, SUBSCRIPTION, {
        receiveMode: 'receiveAndDelete',
      });
      const paths: string[] = [];
      for (;;) {
        const some = await receiver.receiveMessages(1_000, { maxWaitTimeInMs: 200 });
        for (const { applicationProperties } of some) {
          paths.push(String(applicationProperties?.cloudEvents_subject));
        }
        if (some.length === 0) break;
      }
      await receiver.close();
      return paths.sort();
    },
    audit: async () => jsonLines(await readFile(auditFile, 'utf8').catch(() => '')),
    async [Symbol.asyncDispose]() {
      await client.close();
      await broker.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** The path of the document that an event of `bury` is about. */
export function pathOf(id: string): string {
  return `conversations/c/messages/${id}`;
}

/** The values of JSON lines. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function event(id: string, time: Date) {
  return {
    messageId: id,
    contentType: 'application/json',
    applicationProperties: {
      cloudEvents_specversion: '1.0',
      cloudEvents_id: `event-${id}`,
      cloudEvents_type: 'dm.message.create',
      cloudEvents_source: '//test',
      cloudEvents_subject: pathOf(id),
      cloudEvents_time: time.toISOString(),
      cloudEvents_contractversion: 1,
    },
    body: {
      conversationId: 'c',
      messageId: id,
      operation: 'create',
      document: JSON.stringify({ body: `body of ${id}` }),
      attempt: 1,
    },
  };
}
