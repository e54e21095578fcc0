import { setTimeout as delay } from 'node:timers/promises';
import type { LatencySummary } from '@ayna/platform';
import type { Child } from '@ayna/processes';
import type { Bench } from './bench.ts';
import { startBroker } from './broker.ts';
import { postgresSource } from './databases.ts';
import { median } from './median.ts';
import { nowMs } from './now.ts';
import { startProgram } from './program.ts';
import type { ClientsReport } from './realtime/client-program.ts';
import { messageLoad } from './realtime/message-load.ts';
import { residentMemory } from './realtime/resident-memory.ts';

const CLIENTS = 1_000;
/** A message is for two clients: its author and the other one. */
const MEMBERS = 2;
const TOPIC = 'realtime-bench';
const SUBSCRIPTION = 'realtime';
const PROJECT = 'demo-bench';
const STEADY_PER_SECOND = 200;
const STEADY_SECONDS = 10;
const POLL_MS = 25;
const QUIET_MS = 2_000;

/** What one round found. */
interface Round {
  readonly publishedPerSecond: number;
  readonly changesPerSecond: number;
  readonly latencyMs: LatencySummary;
}

/**
 * One hub with 1,000 connected clients: what it holds in memory, how long a change takes from its
 * commit to the client at a steady pace, and how fast a burst comes through beside how fast the
 * broker takes it.
 */
export const realtimeBench: Bench = {
  summary: 'one hub with 1,000 clients: memory, latency, and a burst',
  async run({ events, rounds, progress }) {
    await using broker = await startBroker();
    await broker.createTopic(TOPIC, [SUBSCRIPTION]);
    await using postgres = await postgresSource();
    await using database = await postgres.fresh();
    const authMain = new URL('main.ts', import.meta.resolve('@ayna/emulator-auth'));
    await using auth = await startProgram(authMain.href, ['--port', '0', '--project', PROJECT]);
    const authHost = String(auth.announcement).split('=').at(-1) ?? '';
    await using hub = await startProgram(import.meta.resolve('@ayna/hub/main'), [], {
      SERVICEBUS_CONNECTION_STRING: broker.connectionString,
      SERVICEBUS_TOPIC_REALTIME_MIRROR: TOPIC,
      HUB_DATABASE_URL: database.url,
      GOOGLE_CLOUD_PROJECT: PROJECT,
      FIREBASE_AUTH_EMULATOR_HOST: authHost,
      HUB_ASK_FIRESTORE: 'false',
      HOST: '127.0.0.1',
      PORT: '0',
      HUB_PORT: '0',
      LOG_LEVEL: 'warn',
    });
    const { hubPort } = hub.announcement as { readonly hubPort: number };
    const before = await residentMemory(hub.pid);
    progress(`connecting ${CLIENTS} clients`);
    const begun = nowMs();
    await using clients = await startProgram(import.meta.resolve('./realtime/client-program.ts'), [
      `ws://127.0.0.1:${hubPort}/realtime`,
      authHost,
      String(CLIENTS),
    ]);
    const connectSeconds = (nowMs() - begun) / 1_000;
    await delay(QUIET_MS);
    const connected = await residentMemory(hub.pid);

    await using load = messageLoad(broker, TOPIC, CLIENTS / MEMBERS);
    await load.makeConversations();
    await allReceived(clients, CLIENTS);
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const found = await measure(clients, load, events);
      measured.push(found);
      const { changesPerSecond, latencyMs } = found;
      progress(
        `  round ${round + 1}: ${Math.round(changesPerSecond)} changes/s, P50 ${latencyMs.p50.toFixed(0)} ms, P95 ${latencyMs.p95.toFixed(0)} ms`,
      );
    }
    const { wrong, closed } = await ask(clients, {});
    if (wrong + closed > 0) {
      throw new Error(`${wrong} changes came twice or out of order, ${closed} clients were closed`);
    }
    const loaded = await residentMemory(hub.pid);
    const of = (value: (round: Round) => number) => median(measured.map(value));
    const latency = (['p50', 'p95', 'p99', 'max'] as const).map(
      (name) => [name, Number(of(({ latencyMs }) => latencyMs[name]).toFixed(1))] as const,
    );
    const published = of((round) => round.publishedPerSecond);
    const changes = of((round) => round.changesPerSecond);
    const ratio = of((round) => round.changesPerSecond / round.publishedPerSecond);
    const perClientKb = ((connected.nowMb - before.nowMb) * 1_024) / CLIENTS;
    return {
      figures: {
        bench: 'realtime',
        clients: CLIENTS,
        events,
        rounds,
        connectSeconds: Number(connectSeconds.toFixed(2)),
        memoryMb: {
          before: Math.round(before.nowMb),
          connected: Math.round(connected.nowMb),
          afterLoad: Math.round(loaded.nowMb),
          peak: Math.round(loaded.peakMb),
        },
        memoryPerClientKb: Number(perClientKb.toFixed(1)),
        steadyPerSecond: STEADY_PER_SECOND,
        documentToClientMs: Object.fromEntries(latency),
        burst: {
          publishedPerSecond: Math.round(published),
          changesPerSecond: Math.round(changes),
          framesPerSecond: Math.round(changes * MEMBERS),
        },
        ratio: Number(ratio.toFixed(3)),
      },
      lines: [
        `one hub, ${CLIENTS} clients, PostgreSQL; ${events} messages a burst, median of ${rounds} rounds`,
        '',
        row('memory', `${before.nowMb.toFixed(0)} MB, connected ${connected.nowMb.toFixed(0)} MB`),
        row(
          '',
          `after the load ${loaded.nowMb.toFixed(0)} MB, at most ${loaded.peakMb.toFixed(0)} MB`,
        ),
        row('commit to client', latency.map(([name, ms]) => `${name} ${ms} ms`).join(', ')),
        row('', `at ${STEADY_PER_SECOND} messages/s, of which 50 ms wait for stragglers`),
        row(
          'burst',
          `${Math.round(changes)} messages/s, ${Math.round(changes * MEMBERS)} frames/s`,
        ),
        row('ceiling: publishing', `${Math.round(published)} messages/s, with the hub at work`),
        row('ratio', ratio.toFixed(2)),
      ],
    };
  },
};

async function measure(
  clients: Child,
  load: ReturnType<typeof messageLoad>,
  events: number,
): Promise<Round> {
  await ask(clients, { reset: true });
  const steady = STEADY_PER_SECOND * STEADY_SECONDS;
  await load.steadily(steady, STEADY_PER_SECOND);
  const { latencyMs } = await allReceived(clients, steady * MEMBERS);
  await ask(clients, { reset: true });
  const begun = nowMs();
  await load.burst(events);
  const published = nowMs();
  await allReceived(clients, events * MEMBERS);
  return {
    publishedPerSecond: events / ((published - begun) / 1_000),
    changesPerSecond: events / ((nowMs() - begun) / 1_000),
    latencyMs,
  };
}

async function allReceived(clients: Child, frames: number): Promise<ClientsReport> {
  for (;;) {
    const report = await ask(clients, {});
    if (report.received > frames) throw new Error(`${report.received} frames of ${frames}`);
    if (report.closed > 0) throw new Error(`${report.closed} clients were closed`);
    if (report.received === frames) return report;
    await delay(POLL_MS);
  }
}

async function ask(clients: Child, message: { readonly reset?: true }): Promise<ClientsReport> {
  clients.send(message);
  return (await clients.message()) as ClientsReport;
}

function row(label: string, text: string): string {
  return `${label.padEnd(24)}${text}`;
}
