#!/usr/bin/env node
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPglite } from './pglite/start-pglite.ts';

/**
 * `node src/main.ts --port 5432 --data-dir ./data --host 127.0.0.1`: prints its URL, runs until
 * SIGTERM. Without a data directory the database lives in a temporary one and is gone at the end.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'data-dir': { type: 'string' },
  },
});
const kept = values['data-dir'];
const dataDirectory = kept ?? (await mkdtemp(join(tmpdir(), 'ayna-pglite-')));

const forget = async (): Promise<void> => {
  if (kept === undefined) await rm(dataDirectory, { recursive: true, force: true });
};
const address = { port: Number(values.port), host: values.host };
const database = await startPglite({ ...address, dataDirectory }).catch(async (error: unknown) => {
  await forget();
  throw error;
});
const stop = async (): Promise<void> => {
  await database.close();
  await forget();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
process.stdout.write(`${database.url}\n`);
