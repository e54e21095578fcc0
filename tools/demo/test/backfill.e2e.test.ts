import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateDocument, entities, SourceVersion } from '@ayna/contract';
import { connectFirestore } from '@ayna/firestore';
import {
  connectAdministration,
  connectServiceBus,
  DEFAULT_TOPIC,
  type ServiceBusEndpoint,
} from '@ayna/service-bus';
import type { Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followBacklog } from '../src/backlog.ts';
import { startEnds, type Ends } from '../src/embedded-ends.ts';
import { openInput } from '../src/input-file.ts';
import { newProgress, runLoad } from '../src/load.ts';
import { sampleWrites } from '../src/sample-data.ts';
import { verifyMirror } from '../src/verify.ts';
import type { Write } from '../src/write.ts';

/**
 * The short form. `BACKFILL_INPUT=FILE` loads JSON lines instead, `BACKFILL_CHANGES` and
 * `BACKFILL_RATE` say how many documents are changed meanwhile and how fast all goes.
 */
const INPUT = process.env.BACKFILL_INPUT;
const DOCUMENTS = 2_000;
const CHANGES = Number(process.env.BACKFILL_CHANGES ?? 300);
const RATE = process.env.BACKFILL_RATE ?? '500';
const TIMEOUT_MS = 900_000;
const WAIT = { timeout: TIMEOUT_MS, interval: 20 };

const CLI = fileURLToPath(import.meta.resolve('@ayna/cli/main'));
const TAP = 'backfill-tap';
/** A field of each entity that a change can set to a text. */
const TEXT_FIELDS: Readonly<Record<string, string>> = {
  'dm.conversation': 'lastMessagePreview',
  'dm.message': 'body',
  'follow.edge': 'edgeType',
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-backfill-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test(
  'a backfill killed half-way, while its documents are being changed, goes on and ends with drift 0',
  { timeout: TIMEOUT_MS },
  async () => {
    const ends = await startEnds({
      dataDirectory: undefined,
      duplicate: 1,
      shuffle: false,
      seed: 1,
      triggers: 'later',
    });
    const firestore = await connectFirestore(process.env.GOOGLE_CLOUD_PROJECT ?? '');
    const tap = await openTap();
    try {
      const loaded = await load(firestore);
      await ends.deployTriggers();
      const checkpoint = join(directory, 'checkpoint.json');
      const publishedSoFar = async () =>
        (await readCheckpoint(checkpoint)).reduce((sum, { published }) => sum + published, 0);

      const startedAt = performance.now();
      const first = startBackfill(checkpoint);
      const changed = changeDocuments(firestore, loaded, CHANGES);
      await Promise.race([
        expect.poll(publishedSoFar, WAIT).toBeGreaterThan(loaded.length / 2),
        first.ended.then((ended) => expect.fail(`ended too early: ${JSON.stringify(ended)}`)),
      ]);
      first.process.kill('SIGKILL');
      await once(first.process, 'close');
      const known = await publishedSoFar();
      const taken = await tap.documents();
      expect(known).toBeLessThan(loaded.length);
      expect(taken).toBeGreaterThanOrEqual(known);

      const second = startBackfill(checkpoint);
      const touched = new Set([...loaded, ...(await changed)]);
      const { code, stdout, stderr } = await second.ended;
      const seconds = (performance.now() - startedAt) / 1_000;
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const result = JSON.parse(stdout) as Record<string, number | string | boolean>;
      expect(result).toMatchObject({ outcome: 'finished', resumed: true, rejected: 0 });
      // What the checkpoint knew is not published again, and documents created since are extra.
      expect(Number(result.sent)).toBe(Number(result.published) - known);

      await drained(ends);
      const { examples, ...drift } = await verifyMirror(
        firestore,
        ends.store,
        touched,
        SourceVersion.fromMicros(0n),
      );
      expect({ ...drift, examples }).toMatchObject({
        missing: 0,
        extra: 0,
        different: 0,
        examples: [],
      });
      expect(drift.checked).toBeGreaterThanOrEqual(loaded.length);
      expect(await ends.queue.deadLettered()).toBe(0);
      console.log(
        JSON.stringify({
          documents: loaded.length,
          changed: CHANGES,
          seconds: Math.round(seconds * 10) / 10,
          knownAtKill: known,
          republished: taken - known,
          sentAfterKill: result.sent,
          writer: (await ends.writer().status()).counts,
          drift,
        }),
      );
    } finally {
      await tap.close();
      await firestore.terminate();
      await ends.close();
    }
  },
);

/** Writes the load while no trigger is there; resolves with the paths. */
async function load(firestore: Firestore): Promise<string[]> {
  const progress = newProgress();
  await runLoad({
    firestore,
    writes: INPUT === undefined ? sampleSets() : (await openInput(INPUT, true)).writes(),
    rate: 'max',
    progress,
    backlog: () => 0,
    signal: new AbortController().signal,
  });
  expect(progress.refused).toEqual([]);
  return [...progress.touched];
}

/** No deletes: what was gone before the triggers came leaves no tombstone. */
function* sampleSets(): Generator<Write> {
  for (const write of sampleWrites(DOCUMENTS, 1)) if (write.fields) yield write;
}

/** Updates, deletes and re-creates documents evenly among all; resolves with their paths. */
async function changeDocuments(
  firestore: Firestore,
  paths: readonly string[],
  wanted: number,
): Promise<string[]> {
  const every = Math.max(1, Math.floor(paths.length / wanted));
  const chosen = paths.filter((_, index) => index % every === 0).slice(0, wanted);
  const pauseMs = 1_000 / (Number(RATE) / (paths.length / chosen.length));
  for (const [index, path] of chosen.entries()) {
    const document = firestore.doc(path);
    const name = locateDocument(entities, path)?.entity.name ?? '';
    const change = { [TEXT_FIELDS[name] ?? '']: `changed ${index}` };
    if (index % 3 === 0) await document.update(change);
    else await document.delete();
    if (index % 3 === 2) await document.set(change);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return chosen;
}

interface RunningBackfill {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function startBackfill(checkpoint: string): RunningBackfill {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@ayna/source',
      CLI,
      ...['mirror', 'backfill', '--json', '--rate', RATE, '--checkpoint', checkpoint],
    ],
    { env: process.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  return {
    process: child,
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output }))),
  };
}

async function readCheckpoint(file: string): Promise<{ published: number }[]> {
  const text = await readFile(file, 'utf8').catch(() => '{"entities":[]}');
  return (JSON.parse(text) as { entities: { published: number }[] }).entities;
}

/** Counts the different documents of backfill events, as another subscription sees them. */
async function openTap() {
  const endpoint: ServiceBusEndpoint = {
    kind: 'connectionString',
    connectionString: process.env.SERVICEBUS_CONNECTION_STRING ?? '',
  };
  const administration = connectAdministration(endpoint);
  await administration.createSubscription(DEFAULT_TOPIC, TAP);
  const client = connectServiceBus(endpoint);
  const receiver = client.createReceiver(DEFAULT_TOPIC, TAP, { receiveMode: 'receiveAndDelete' });
  const seen = new Set<string>();
  receiver.subscribe(
    {
      processMessage: ({ body, messageId }) => {
        if ((body as { syncSource: string }).syncSource === 'backfill') seen.add(String(messageId));
        return Promise.resolve();
      },
      processError: ({ error }) => Promise.reject(error),
    },
    { maxConcurrentCalls: 100 },
  );
  const waiting = async () =>
    (await administration.getSubscriptionRuntimeProperties(DEFAULT_TOPIC, TAP)).activeMessageCount;
  return {
    documents: async () => {
      await expect.poll(waiting, WAIT).toBe(0);
      return seen.size;
    },
    close: () => client.close(),
  };
}

async function drained(ends: Ends): Promise<void> {
  const backlog = followBacklog(ends, () => 0, 1);
  await backlog.drained(new AbortController().signal);
  backlog.stop();
}
