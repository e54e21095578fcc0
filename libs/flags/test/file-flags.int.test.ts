import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sqlMirrorReadPhase, useSqlDmWriteMirror } from '../src/index.ts';
import { fileFlagEditor, fileFlags, serverFlagProvider } from '../src/server/index.ts';

const INTERVAL_MS = 20;
const { key } = useSqlDmWriteMirror;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ayna-flags-'));
  path = join(folder, 'flags.json');
});
afterEach(async () => {
  await OpenFeature.close();
  await rm(folder, { recursive: true });
});

describe('flags in a file', () => {
  test('hold what the file says, also when it changes while they are used', async () => {
    await writeFile(path, JSON.stringify({ [key]: false }));
    await OpenFeature.setProviderAndWait(serverFlagProvider(fileFlags(path, INTERVAL_MS)));
    const client = OpenFeature.getClient();
    const changed: unknown[] = [];
    client.addHandler(ProviderEvents.ConfigurationChanged, (details) => {
      changed.push(...(details?.flagsChanged ?? []));
    });
    expect(await client.getBooleanValue(key, true)).toBe(false);

    await writeFile(path, JSON.stringify({ [key]: true }));
    await expect.poll(() => client.getBooleanValue(key, false)).toBe(true);
    await expect.poll(() => changed).toEqual([key]);
  });

  test('leave the default to whoever asks while there is no file', async () => {
    await OpenFeature.setProviderAndWait(serverFlagProvider(fileFlags(path, INTERVAL_MS)));
    expect(await OpenFeature.getClient().getBooleanValue(key, false)).toBe(false);
    expect(await OpenFeature.getClient().getBooleanValue(key, true)).toBe(true);
  });

  test('keep what they were while the file is broken, and say that they are stale', async () => {
    await writeFile(path, JSON.stringify({ [key]: false }));
    await OpenFeature.setProviderAndWait(serverFlagProvider(fileFlags(path, INTERVAL_MS)));
    const client = OpenFeature.getClient();

    await writeFile(path, '{ "half":');
    await expect.poll(() => client.providerStatus).toBe(ProviderStatus.STALE);
    expect(await client.getBooleanValue(key, true)).toBe(false);

    await writeFile(path, JSON.stringify({ [key]: true }));
    await expect.poll(() => client.getBooleanValue(key, false)).toBe(true);
    await expect.poll(() => client.providerStatus).toBe(ProviderStatus.READY);
  });

  test('are given by user, and refuse a flag or a type that is not there', async () => {
    const phase = sqlMirrorReadPhase.dm;
    await writeFile(path, JSON.stringify({ [phase.key]: { value: 'A', users: { ada: 'C' } } }));
    await OpenFeature.setProviderAndWait(serverFlagProvider(fileFlags(path, INTERVAL_MS)));
    const client = OpenFeature.getClient();
    expect(await client.getStringValue(phase.key, 'A', { targetingKey: 'ada' })).toBe('C');
    expect(await client.getStringValue(phase.key, 'A', { targetingKey: 'bob' })).toBe('A');
    expect((await client.getBooleanDetails(phase.key, false)).errorCode).toBe('TYPE_MISMATCH');
    expect((await client.getBooleanDetails('no_flag', true)).errorCode).toBe('FLAG_NOT_FOUND');
  });
});

describe('the editor of the file', () => {
  test('sets one flag and leaves the rest of the file alone', async () => {
    await writeFile(path, JSON.stringify({ of_another_program: 1, [key]: false }));
    const editor = fileFlagEditor(path);
    await editor.set(sqlMirrorReadPhase.dm, { value: 'A', rollout: [] });
    expect(await editor.get(useSqlDmWriteMirror)).toBe(false);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      of_another_program: 1,
      [key]: false,
      [sqlMirrorReadPhase.dm.key]: { value: 'A', rollout: [] },
    });
  });

  test('makes the file where there is none, and refuses a value that the flag does not have', async () => {
    const editor = fileFlagEditor(path);
    await expect(editor.set(sqlMirrorReadPhase.dm, 'D')).rejects.toMatchObject({
      code: 'ConfigInvalid',
    });
    await editor.set(sqlMirrorReadPhase.dm, 'B');
    expect(await editor.get(sqlMirrorReadPhase.dm)).toBe('B');
  });
});
