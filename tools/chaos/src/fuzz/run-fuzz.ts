import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { entities } from '@ayna/contract';
import { connectAdministration, mirrorTopology, provisionTopology } from '@ayna/service-bus';
import { openMirrorStore } from '@ayna/sql-gateway';
import { startBroker } from '../world/broker.ts';
import { openSqlServer } from '../world/sql.ts';
import { subscriptionQueue } from '../world/subscription-queue.ts';
import { writerFleet } from '../world/writer-fleet.ts';
import { openWriterLog } from '../world/writer-log.ts';
import { collectDeadLetters } from './dead-letter-collector.ts';
import { Expectations } from './expectations.ts';
import type { FuzzReport } from './fuzz-report.ts';
import { planMessages, type FuzzPlan } from './plan-messages.ts';
import { sendMessages } from './send-messages.ts';

const POLL_MS = 200;
/** The queue has to get shorter within this time, or the run is given up. */
const STANDSTILL_MS = 120_000;

/** Sends malformed messages and good ones to a writer, and checks what became of each. */
export async function runFuzz(
  plan: FuzzPlan,
  databaseUrl: string | undefined,
  note: (text: string) => void,
): Promise<FuzzReport> {
  const startedAt = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'ayna-fuzz-'));
  await mkdir(join(directory, 'broker'));
  await using sql = await openSqlServer(databaseUrl);
  await using broker = await startBroker(join(directory, 'broker'));
  const { connectionString } = broker;
  const administration = connectAdministration({ kind: 'connectionString', connectionString });
  const [sqlWriter] = mirrorTopology().subscriptions;
  const topology = { ...mirrorTopology(), subscriptions: sqlWriter ? [sqlWriter] : [] };
  await provisionTopology(administration, topology);
  await using queue = subscriptionQueue(connectionString, administration, topology);

  const writerLog = openWriterLog(join(directory, 'writers.log'));
  await using writers = writerFleet(
    {
      SERVICEBUS_CONNECTION_STRING: connectionString,
      DATABASE_URL: sql.url.href,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'warn',
    },
    writerLog,
  );
  writers.up(0);

  const collector = collectDeadLetters(queue);
  const expectations = new Expectations();
  const sender = queue.client.createSender(queue.topic);
  const sending = await sendMessages(sender, planMessages(plan), (message) =>
    expectations.sent(message),
  );
  await sender.close();
  note(`${sending.sent} messages sent, ${sending.oversized} refused as too large`);
  const stuck = await queueEmptied(() => queue.waiting());
  await collector.finish();
  const seconds = (performance.now() - startedAt) / 1_000;
  const counts = writers.counts();

  note('comparing every row');
  await using store = openMirrorStore({ database: sql.url.href, entities });
  const findings = await expectations.compare(collector.found, store);
  const { tally } = writers;
  const report: FuzzReport = {
    seed: plan.seed,
    messages: plan.messages,
    ...sending,
    ...findings,
    deadLettered: collector.found.size,
    surplusDeadLetters: collector.surplus,
    stuck,
    outcomes: counts,
    crashes: tally.endedByThemselves,
    strangeLines: writerLog.strange(),
    seconds: Math.round(seconds * 10) / 10,
    messagesPerSecond: Math.round(sending.sent / seconds),
    writerLog: writerLog.groups(),
    logs: directory,
  };
  await writers[Symbol.asyncDispose]();
  await writerLog.close();
  return report;

  /** Undefined when the queue is empty, or how many messages stay in it. */
  async function queueEmptied(waiting: () => Promise<number>): Promise<number | undefined> {
    let least = Number.POSITIVE_INFINITY;
    let since = performance.now();
    for (;;) {
      const left = await waiting();
      if (left === 0) return undefined;
      if (left < least) {
        least = left;
        since = performance.now();
      }
      if (performance.now() - since > STANDSTILL_MS) return left;
      await delay(POLL_MS);
    }
  }
}

/** Removes what a run that passed leaves behind. */
export async function forgetFuzz(report: FuzzReport): Promise<void> {
  await rm(report.logs, { recursive: true, force: true });
}
