import { createPublisher } from '@ayna/publisher';
import type { Broker } from '../broker.ts';
import { nowMs } from '../now.ts';
import { startProgram } from '../program.ts';
import { rowCounts, type BenchDatabase, type DatabaseSource } from '../databases.ts';
import { allSettled, statusPort } from '../writer-status.ts';
import { eventsOf, type Backlog } from './backlog.ts';

/** How many events are handed to the publisher at once. */
const SEED_CHUNK = 5_000;

/** Publishes a whole backlog. */
export async function seed(broker: Broker, topic: string, backlog: Backlog): Promise<void> {
  const publisher = createPublisher(broker.client, topic);
  const events = eventsOf(backlog);
  for (let from = 0; from < events.length; from += SEED_CHUNK) {
    await Promise.all(
      events.slice(from, from + SEED_CHUNK).map((event) => publisher.publish(event)),
    );
  }
  await publisher.close();
}

/** The environment of a writer on a subscription and a database. */
export function writerEnvironment(
  broker: Broker,
  topic: string,
  subscription: string,
  databaseUrl: string,
): Record<string, string> {
  return {
    SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    SERVICEBUS_TOPIC_REALTIME_MIRROR: topic,
    SERVICEBUS_SUBSCRIPTION_SQL_WRITER: subscription,
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
  };
}

export const WRITER = '@ayna/writer/main';

/**
 * Lets a writer drain a subscription into a fresh database, and checks every row count afterwards.
 *
 * @returns events a second, from the start of the intake until the last message was settled
 */
export async function drain(
  broker: Broker,
  topic: string,
  subscription: string,
  source: DatabaseSource,
  backlog: Backlog,
): Promise<number> {
  await using database = await source.fresh();
  let rate: number;
  {
    await using writer = await startProgram(
      import.meta.resolve(WRITER),
      [],
      writerEnvironment(broker, topic, subscription, database.url),
    );
    rate = await settledPerSecond(statusPort(writer), backlog.changes.length);
  }
  await nothingLeft(broker, topic, subscription);
  await rowsAreRight(database, backlog);
  return rate;
}

/** The same with a store that answers at once. */
export async function receiveOnly(
  broker: Broker,
  topic: string,
  subscription: string,
  events: number,
): Promise<number> {
  await using program = await startProgram(import.meta.resolve('./receive-only.ts'), [
    broker.connectionString,
    topic,
    subscription,
  ]);
  const rate = await settledPerSecond(statusPort(program), events);
  await nothingLeft(broker, topic, subscription);
  return rate;
}

/** Applies the same events with no broker. */
export async function applyOnly(source: DatabaseSource, backlog: Backlog): Promise<number> {
  await using database = await source.fresh();
  await using program = await startProgram(import.meta.resolve('./apply-only.ts'), [
    database.url,
    String(backlog.changes.length),
  ]);
  const message = program.announcement as { readonly perSecond: number };
  await rowsAreRight(database, backlog);
  return message.perSecond;
}

async function settledPerSecond(port: number, events: number): Promise<number> {
  const begun = nowMs();
  await allSettled(port, events);
  return events / ((nowMs() - begun) / 1_000);
}

async function nothingLeft(broker: Broker, topic: string, subscription: string): Promise<void> {
  const { active, deadLettered } = await broker.left(topic, subscription);
  if (active + deadLettered > 0) {
    throw new Error(`"${subscription}" still holds ${active} messages and ${deadLettered} dead`);
  }
}

async function rowsAreRight(database: BenchDatabase, backlog: Backlog): Promise<void> {
  const { rows, tombstones } = await rowCounts(database.url);
  if (rows !== backlog.rows || tombstones !== backlog.tombstones) {
    throw new Error(
      `the mirror holds ${rows} rows with ${tombstones} tombstones; expected ${backlog.rows} with ${backlog.tombstones}`,
    );
  }
}
