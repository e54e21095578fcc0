import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { expect, onTestFinished, test } from 'vitest';
import { startServiceBusEmulator } from '../src/index.ts';

test('a subscriber goes on by itself after the emulator was started anew', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'service-bus-'));
  onTestFinished(() => {
    rmSync(dataDirectory, { recursive: true });
  });
  const first = await startServiceBusEmulator({ dataDirectory, topology: { queues: { q: {} } } });
  // Left alone, the client waits half a minute between its attempts.
  const client = new ServiceBusClient(first.connectionString, {
    retryOptions: { retryDelayInMs: 50, maxRetryDelayInMs: 200 },
  });
  const seen: unknown[] = [];
  client.createReceiver('q').subscribe({
    processMessage: ({ body }) => {
      seen.push(body);
      return Promise.resolve();
    },
    processError: () => Promise.resolve(),
  });
  await client.createSender('q').sendMessages({ body: 'before' });
  await expect.poll(() => seen).toEqual(['before']);
  // A settlement that is cut off brings the message again.
  const peeker = client.createReceiver('q');
  await expect.poll(() => peeker.peekMessages(1)).toEqual([]);
  await first.close();

  const second = await startServiceBusEmulator({ dataDirectory, port: first.port });
  const other = new ServiceBusClient(second.connectionString);
  await other.createSender('q').sendMessages({ body: 'after' });
  await expect.poll(() => seen, { timeout: 20_000 }).toEqual(['before', 'after']);
  await Promise.all([client.close(), other.close()]);
  await second.close();
});
