import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dmMessage, entities, encodeDocument, projectDocument } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
import { connectFirestore, openDocumentSource } from '@ayna/firestore';
import { migrate, openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ayna } from './ayna.ts';

let emulator: FirestoreEmulator;
let server: RunningDatabase;
let folder: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  [emulator, server, folder] = await Promise.all([
    startFirestoreEmulator(),
    startPglite(),
    mkdtemp(join(tmpdir(), 'ayna-check-')),
  ]);
  env = {
    FIRESTORE_EMULATOR_HOST: emulator.host,
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_CLOUD_PROJECT: 'cli',
    DATABASE_URL: server.url,
    CHECK_PAUSE_MS: '1',
  };
  Object.assign(process.env, env);
  await fill();
});
afterAll(async () => {
  await Promise.all([emulator.close(), server.close(), rm(folder, { recursive: true })]);
});

const DOCUMENTS = 300;

/** 300 messages in step, but that one row is missing and one has another text. */
async function fill(): Promise<void> {
  const firestore = await connectFirestore('cli');
  const writer = firestore.bulkWriter();
  for (let at = 0; at < DOCUMENTS; at += 1) {
    void writer.set(firestore.doc(`conversations/c/messages/m${at}`), { body: `hush ${at}` });
  }
  await writer.close();
  await using database = openDatabase({ url: server.url });
  await migrate(database);
  const store = openMirrorStore({ database, entities });
  for await (const { key, state } of openDocumentSource(firestore).scan(dmMessage)) {
    if (key.messageId === 'm7') continue;
    const columns = projectDocument(dmMessage, encodeDocument(state.fields));
    const change = { entity: dmMessage, key, sourceVersion: state.version, retryCount: 0 };
    const body = key.messageId === 'm8' ? 'hushed' : columns.body;
    await store.apply([
      {
        ...change,
        columns: { ...columns, body: body ?? null },
        eventId: 'e',
        syncSource: 'trigger',
      },
    ]);
  }
  await firestore.terminate();
}

describe('ayna mirror check', () => {
  test('ends with 1 beyond the thresholds and names what differs, but never what it holds', async () => {
    const { code, stdout, stderr } = await ayna(['mirror', 'check'], env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('missingInSql conversations/c/messages/m7');
    expect(stdout).toContain('different (body) conversations/c/messages/m8');
    expect(stdout).toContain('drift is 0.667 % of the checked records, more than 0.5 %');
    expect(stdout).not.toContain('hush');
  });

  test('ends with 0 within them, prints one line of JSON, and writes the same report', async () => {
    const place = join(folder, 'reports', '{date}.json');
    const { code, stdout, stderr } = await ayna(
      ['mirror', 'check', '--max-drift', '0.7', '--json', '--report', place],
      env,
    );
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({
      passed: true,
      complete: true,
      total: { checked: 300, missingInSql: 1, different: 1, missingInFirestore: 0 },
      thresholds: { maxDriftPercent: 0.7, maxMissingInFirestore: 100 },
    });
    const day = new Date().toISOString().slice(0, 10);
    expect(stderr).toContain(`${day}.json`);
    expect(JSON.parse(await readFile(place.replace('{date}', day), 'utf8'))).toEqual(report);
  });

  test('says where a report cannot be written, when the result is printed already', async () => {
    const { code, stdout, stderr } = await ayna(
      ['mirror', 'check', '--report', '/dev/null/x.json'],
      env,
    );
    expect(code).toBe(1);
    expect(stdout).toContain('m7');
    expect(stderr).toContain('ReportUnwritable: /dev/null/x.json cannot be written');
  });

  test('of a sample names the seed by which the same sample is taken again', async () => {
    const first = await ayna(['mirror', 'check', '--sample', '40%', '--json'], env);
    const { mode, total } = JSON.parse(first.stdout) as {
      readonly mode: { readonly seed: number };
      readonly total: { readonly checked: number };
    };
    expect(total.checked).toBeGreaterThan(0);
    expect(total.checked).toBeLessThan(DOCUMENTS);
    const again = await ayna(
      ['mirror', 'check', '--sample', '40%', '--seed', String(mode.seed), '--json'],
      env,
    );
    expect(JSON.parse(again.stdout)).toMatchObject({ mode, total });
  });

  test.for([
    [['--entity', 'dm.nothing'], 'no entity is called "dm.nothing": there are dm.conversation'],
    [['--sample', '5'], 'a sample is a percentage such as 1%'],
    [['--since', 'yesterday'], 'a time is 2026-11-20T00:00:00Z'],
    [['--since', '1d', '--sample', '1%'], 'not both'],
    [['--max-drift', 'some'], '--max-drift'],
  ] as const)('refuses %s with exit code 2', async ([args, said]) => {
    const { code, stdout, stderr } = await ayna(['mirror', 'check', ...args], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
  });
});

describe('ayna mirror repair', () => {
  test('--dry-run says what it would publish, and needs no broker', async () => {
    const { code, stdout } = await ayna(['mirror', 'repair', '--dry-run'], env);
    expect(code).toBe(0);
    expect(stdout).toContain('2 events would be published. Nothing was.');
  });

  test('without a broker ends with 2, naming the variable', async () => {
    const { code, stderr } = await ayna(['mirror', 'repair'], env);
    expect(code).toBe(2);
    expect(stderr).toContain('SERVICEBUS_CONNECTION_STRING is missing');
  });
});
