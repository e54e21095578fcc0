import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, startOpsServer } from '@ayna/platform';
import { startTelemetry } from '@ayna/telemetry';
import { expect, test } from 'vitest';
import { connectAdministration, watchQueue, type QueueAlert } from '../src/index.ts';
import { events, openLetters, SUBSCRIPTION, TOPIC } from './dead-letters-under-test.ts';

const EVENTUALLY = { timeout: 20_000, interval: 5 };

/** A logger that keeps what it is told. */
function listeningLogger() {
  const logger = createLogger('test', 'silent');
  const said: string[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    logger[level] = (...parts: unknown[]) => {
      said.push(`${level}: ${String(parts.at(-1))}`);
    };
  }
  return { logger, said };
}

function administrationOf(connectionString: string) {
  return connectAdministration({ kind: 'connectionString', connectionString });
}

test('a threshold that is crossed is told once, and its recovery once', async () => {
  await using t = await openLetters();
  const { logger, said } = listeningLogger();
  const alerts: QueueAlert[] = [];
  const watch = watchQueue({
    administration: administrationOf(t.broker.connectionString),
    topic: TOPIC,
    subscription: SUBSCRIPTION,
    thresholds: { deadLetters: 5, depth: 1_000 },
    logger,
    intervalMs: 5,
    onAlert: (alert) => alerts.push(alert),
  });
  const counted = (deadLetters: number) =>
    expect.poll(() => watch.counts()?.deadLetters, EVENTUALLY).toBe(deadLetters);
  await counted(0);
  await t.bury(events(5));
  await counted(5);
  expect(alerts).toEqual([]);
  await t.bury(events(7).slice(5));
  await counted(7);
  // Up and down around the threshold is no news.
  await t.letters.discard({ ...t.run, limit: 2 });
  await counted(5);
  await t.bury(events(9).slice(7));
  await counted(7);
  expect(alerts.map(({ kind, watched, threshold }) => [kind, watched, threshold])).toEqual([
    ['exceeded', 'deadLetters', 5],
  ]);
  await t.letters.discard({ ...t.run, limit: 3 });
  await counted(4);
  expect(alerts.map(({ kind }) => kind)).toEqual(['exceeded', 'recovered']);
  expect(said).toEqual([
    expect.stringContaining('error: there are too many dead letters'),
    expect.stringContaining('info: the dead letters are dealt with'),
  ]);
  await watch.close();
});

test('a backlog beyond its threshold is told', async () => {
  await using t = await openLetters();
  const { logger } = listeningLogger();
  const alerts: QueueAlert[] = [];
  await t.client.createSender(TOPIC).sendMessages(events(3));
  const watch = watchQueue({
    administration: administrationOf(t.broker.connectionString),
    topic: TOPIC,
    subscription: SUBSCRIPTION,
    thresholds: { deadLetters: 5, depth: 2 },
    logger,
    intervalMs: 5,
    onAlert: (alert) => alerts.push(alert),
  });
  await expect
    .poll(() => alerts, EVENTUALLY)
    .toEqual([{ kind: 'exceeded', watched: 'depth', count: 3, threshold: 2 }]);
  await watch.close();
});

test('the counts are metrics that can be scraped, with the time of the last count', async () => {
  await using t = await openLetters();
  const logger = createLogger('test', 'silent');
  const metrics = await startTelemetry({ serviceName: 'test', logger, env: {} });
  const ops = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    ready: () => true,
    status: () => undefined,
  });
  await t.bury(events(2));
  await t.client.createSender(TOPIC).sendMessages(events(5).slice(2));
  const watch = watchQueue({
    administration: administrationOf(t.broker.connectionString),
    topic: TOPIC,
    subscription: SUBSCRIPTION,
    thresholds: { deadLetters: 5, depth: 1_000 },
    logger,
    intervalMs: 5,
  });
  const scraped = async () => {
    const response = await fetch(`http://127.0.0.1:${ops.port}/metrics`);
    return (await response.text()).split('\n').filter((line) => line.startsWith('mirror_'));
  };
  const before = Math.floor(Date.now() / 1_000);
  const countedAt = (lines: readonly string[]) => Number(lines.at(-1)?.split(' ').at(-1));
  await expect
    .poll(scraped, EVENTUALLY)
    .toEqual([
      expect.stringMatching(/^mirror_queue_depth\{.*subscription="sql-writer".*\} 3\b/),
      expect.stringMatching(/^mirror_dead_letters\{.*subscription="sql-writer".*\} 2\b/),
      expect.stringMatching(/^mirror_queue_counted_timestamp_seconds\{.*"sql-writer".*\} \d+$/),
    ]);
  expect(countedAt(await scraped())).toBeGreaterThanOrEqual(before);
  // When nobody can count any more the counts stay what they were, and so does their age's beginning.
  await t.broker.close();
  await expect.poll(() => watch.counts(), EVENTUALLY).toBeUndefined();
  const last = await scraped();
  expect(countedAt(last)).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000));
  expect(await scraped()).toEqual(last);
  await watch.close();
  await ops.close();
  await metrics.close();
});

test('a key without the Manage right is told once with the remedy, and the watch goes on', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { logger, said } = listeningLogger();
  const watch = watchQueue({
    administration: administrationOf(
      `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=listen;SharedAccessKey=hush;UseDevelopmentEmulator=true`,
    ),
    topic: TOPIC,
    subscription: SUBSCRIPTION,
    thresholds: { deadLetters: 5, depth: 2 },
    logger,
    intervalMs: 5,
  });
  await expect.poll(() => asked, EVENTUALLY).toBeGreaterThan(3);
  await watch.close();
  server.close();
  expect(said).toEqual([expect.stringContaining('Manage right')]);
});
