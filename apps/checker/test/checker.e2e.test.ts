import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dmMessage } from '@ayna/contract';
import { startTelemetryEmulator } from '@ayna/emulator-telemetry';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openWholeMirror, type WholeMirror } from './whole-mirror.ts';

let mirror: WholeMirror;
let folder: string;
beforeAll(async () => {
  [mirror, folder] = await Promise.all([
    openWholeMirror(),
    mkdtemp(join(tmpdir(), 'ayna-checker-')),
  ]);
});
afterAll(async () => {
  await mirror[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => mirror.clear());

/** Runs the job with these variables beside those that name the ends. */
function runJob(env: Readonly<Record<string, string>> = {}) {
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=@ayna/source', main], {
    env: { ...mirror.env, PORT: '0', CHECK_PAUSE_MS: '1', ...env },
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stderr })),
  );
}

const path = (id: string) => `conversations/c/messages/${id}`;
const keyOf = (messageId: string) => ({ conversationId: 'c', messageId });

/** A message in step, and one that was deleted `days` ago. */
async function aliveAndDead(days: number): Promise<void> {
  await mirror.write(path('alive'), { body: 'alive' });
  await mirror.write(path('dead'), { body: 'dead' });
  await mirror.write(path('dead'), undefined);
  await mirror.settled();
  const then = `now() - interval '${days} days'`;
  await mirror.tamper(
    `UPDATE dm_messages_mirror SET mirrored_at = ${then}, deleted_at = ${then} WHERE message_id = 'dead'`,
  );
}

describe('the checker', () => {
  test('ends with 0 on a mirror in step, and deletes the tombstones that are old enough', async () => {
    await aliveAndDead(31);
    const report = join(folder, 'in-step-{date}.json');
    const { code, stderr } = await runJob({ CHECK_REPORT: report });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('"entity":"dm.message","checked":1');
    expect(await mirror.store.read(dmMessage, keyOf('dead'))).toBeUndefined();
    const day = new Date().toISOString().slice(0, 10);
    const written: unknown = JSON.parse(await readFile(report.replace('{date}', day), 'utf8'));
    expect(written).toMatchObject({ passed: true, tombstonesPurged: 1, total: { checked: 1 } });
  });

  test('sends what it found before it ends', async () => {
    await using telemetry = await startTelemetryEmulator();
    await aliveAndDead(1);
    const { code, stderr } = await runJob({
      OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect([...telemetry.metricNames()]).toEqual(
      expect.arrayContaining([
        'mirror_drift_percent',
        'mirror_differences',
        'mirror_checked_records',
        'mirror_check_timestamp_seconds',
        'process_cpu_seconds_total',
      ]),
    );
  });

  test('keeps younger tombstones', async () => {
    await aliveAndDead(29);
    expect((await runJob()).code).toBe(0);
    expect(await mirror.store.read(dmMessage, keyOf('dead'))).toBeDefined();
  });

  test('ends with 1 beyond the thresholds, and keeps every tombstone then', async () => {
    await aliveAndDead(31);
    await mirror.tamper(`UPDATE dm_messages_mirror SET body = 'x' WHERE message_id = 'alive'`);
    const { code, stderr } = await runJob();
    expect(code).toBe(1);
    expect(stderr).toContain('"path":"conversations/c/messages/alive","kind":"different"');
    expect(stderr).toContain('the mirror has drifted');
    expect(await mirror.store.read(dmMessage, keyOf('dead'))).toBeDefined();
  });

  test('with CHECK_REPAIR puts right what it finds, so that the next run finds nothing', async () => {
    await aliveAndDead(31);
    await mirror.tamper(`UPDATE dm_messages_mirror SET body = 'x', deleted_at = NULL`);
    const first = await runJob({ CHECK_REPAIR: 'true' });
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('"repaired":2');
    expect((await runJob()).code).toBe(0);
  });

  test.for([
    [{ TOMBSTONE_RETENTION_DAYS: '13' }, 'TOMBSTONE_RETENTION_DAYS has a wrong value'],
    [{ CHECK_SAMPLE: 'some' }, 'a sample is a percentage'],
    [{ CHECK_MAX_DRIFT_PERCENT: '-1' }, 'CHECK_MAX_DRIFT_PERCENT has a wrong value'],
    [{ GOOGLE_CLOUD_PROJECT: '' }, 'GOOGLE_CLOUD_PROJECT is missing'],
    [{ CHECK_REPAIR: 'true', SERVICEBUS_CONNECTION_STRING: '' }, 'SERVICEBUS_CONNECTION_STRING'],
  ] as const)('refuses %o with exit code 2', async ([env, said]) => {
    const { code, stderr } = await runJob(env);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
