import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dmMessage, encodeDocument, entities, projectDocument } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
import { connectFirestore, openDocumentSource } from '@ayna/firestore';
import { migrate, openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ayna, type Ended } from './ayna.ts';

const PHASE = 'messaging_sqlMirrorReadPhase';
const DOCUMENTS = 40;

let emulator: FirestoreEmulator;
let server: RunningDatabase;
let folder: string;
let flags: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [emulator, server, folder] = await Promise.all([
    startFirestoreEmulator(),
    startPglite(),
    mkdtemp(join(tmpdir(), 'ayna-cutover-')),
  ]);
  flags = join(folder, 'flags.json');
  env = {
    FIRESTORE_EMULATOR_HOST: emulator.host,
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_CLOUD_PROJECT: 'cli',
    DATABASE_URL: server.url,
    CHECK_PAUSE_MS: '1',
    FLAGS_PROVIDER: 'file',
    FLAGS_FILE: flags,
  };
  Object.assign(process.env, env);
  await fill();
});
afterAll(async () => {
  await Promise.all([emulator.close(), server.close(), rm(folder, { recursive: true })]);
});
beforeEach(async () => {
  await writeFile(flags, JSON.stringify({ [PHASE]: 'A' }));
  await setLatency(40);
});

/** Messages in step. */
async function fill(): Promise<void> {
  const firestore = await connectFirestore('cli');
  for (let at = 0; at < DOCUMENTS; at += 1) {
    await firestore.doc(`conversations/c/messages/m${at}`).set({ body: `m ${at}` });
  }
  await using database = openDatabase({ url: server.url });
  await migrate(database);
  const store = openMirrorStore({ database, entities });
  for await (const { key, state } of openDocumentSource(firestore).scan(dmMessage)) {
    const columns = projectDocument(dmMessage, encodeDocument(state.fields));
    const change = { entity: dmMessage, key, sourceVersion: state.version, retryCount: 0, columns };
    await store.apply([{ ...change, eventId: 'e', syncSource: 'trigger' }]);
  }
  await firestore.terminate();
}

/** As if every change had taken so long from its commit to SQL. */
async function setLatency(milliseconds: number): Promise<void> {
  await using database = openDatabase({ url: server.url });
  await sql`UPDATE dm_messages_mirror
    SET mirrored_at = to_timestamp(source_version / 1000000.0) + ${milliseconds} * interval '1 ms'
  `.execute(database.kysely);
}

const cutover = (...args: string[]): Promise<Ended> =>
  ayna(['mirror', 'cutover', '--entity', 'dm', ...args], env);

async function phase(): Promise<unknown> {
  return (JSON.parse(await readFile(flags, 'utf8')) as Record<string, unknown>)[PHASE];
}

describe('ayna mirror cutover', () => {
  test('moves reads up while drift and latency are within the limits, and says the figures', async () => {
    const { code, stdout, stderr } = await cutover('--to', 'B');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('dm: from A to B');
    expect(stdout).toContain('drift 0.000 % of 40 records');
    expect(stdout).toContain('P95 40 ms of 40 changes');
    expect(await phase()).toBe('B');
    expect((await cutover('--to', 'C')).code).toBe(0);
    expect(await phase()).toBe('C');
  });

  test('refuses while P95 is over 200 ms, with the figure, and changes nothing', async () => {
    await setLatency(260);
    const { code, stdout } = await cutover('--to', 'B');
    expect(code).toBe(1);
    expect(stdout).toContain('REFUSED: P95 is 260 ms of 40 changes, more than 200 ms');
    expect(stdout).toContain('Nothing was changed.');
    expect(await phase()).toBe('A');
  });

  test('refuses while drift is over 0.1 %, with the figure, and changes nothing', async () => {
    const firestore = await connectFirestore('cli');
    const document = firestore.doc('conversations/c/messages/not-in-sql');
    await document.set({ body: 'lost' });
    try {
      const { code, stdout } = await cutover('--to', 'B', '--json');
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        refused: true,
        done: false,
        limits: { maxDriftPercent: 0.1, maxP95Ms: 200 },
        features: [
          {
            feature: 'dm',
            from: 'A',
            to: 'B',
            measures: { checked: 41, rows: 40, p95Ms: 40 },
            refusals: ['drift is 2.439 % of 41, more than 0.1 %'],
          },
        ],
      });
      expect(await phase()).toBe('A');
      expect((await cutover('--to', 'A')).code).toBe(0);
    } finally {
      await document.delete();
      await firestore.terminate();
    }
  });

  test('refuses to skip phase B, and what nothing was measured of', async () => {
    expect((await cutover('--to', 'C')).stdout).toContain('go to B first');
    const follow = await ayna(['mirror', 'cutover', '--entity', 'follow', '--to', 'B'], env);
    expect(follow.code).toBe(1);
    expect(follow.stdout).toContain('nothing could be compared');
    expect(follow.stdout).toContain('the latency is unknown');
  });

  test('with --dry-run measures, and changes nothing', async () => {
    const { code, stdout } = await cutover('--to', 'B', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('It may be done. Nothing was changed');
    expect(await phase()).toBe('A');
  });

  test('with --percentage moves that share, and goes back to A without measuring', async () => {
    await setLatency(40);
    expect((await cutover('--to', 'B', '--percentage', '12.5')).code).toBe(0);
    expect(await phase()).toEqual({ value: 'A', rollout: [{ value: 'B', percentage: 12.5 }] });
    await setLatency(10_000);
    expect((await cutover('--to', 'A')).code).toBe(0);
    expect(await phase()).toBe('A');
  });

  test('says what is missing: the place of the flags, a phase, an entity', async () => {
    const nowhere = await ayna(['mirror', 'cutover', '--to', 'B'], { ...env, FLAGS_PROVIDER: '' });
    expect(nowhere.stderr).toContain('--provider file or --provider remote-config');
    expect((await cutover('--to', 'D')).code).toBe(2);
    const other = await ayna(['mirror', 'cutover', '--entity', 'x', '--to', 'B'], env);
    expect(other.stderr).toContain('there is no cut-over of "x": there are dm and follow');
  });
});
