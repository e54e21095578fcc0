import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@ayna/platform';
import { OpenFeature } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMirrorSwitch } from '../src/mirror-switch.ts';

const logger = createLogger('triggers', 'silent');
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ayna-switch-'));
  path = join(folder, 'flags.json');
});
afterEach(async () => {
  await OpenFeature.close();
  await rm(folder, { recursive: true });
});

describe('the switch of the mirror', () => {
  test('is what the setting says where there is no provider', async () => {
    expect(await (await openMirrorSwitch({ kind: 'none' }, true, logger))()).toBe(true);
    expect(await (await openMirrorSwitch({ kind: 'none' }, false, logger))()).toBe(false);
  });

  test('is turned by the flag while the functions run', async () => {
    const isOn = await openMirrorSwitch({ kind: 'file', path }, true, logger);
    expect(await isOn()).toBe(true);
    await writeFile(path, '{"USE_SQL_DM_WRITE_MIRROR": false}');
    await expect.poll(isOn, { timeout: 10_000 }).toBe(false);
    await writeFile(path, '{"USE_SQL_DM_WRITE_MIRROR": true}');
    await expect.poll(isOn, { timeout: 10_000 }).toBe(true);
  });

  test('is what the setting says while the flags cannot be read', async () => {
    await writeFile(path, 'no JSON');
    expect(await (await openMirrorSwitch({ kind: 'file', path }, true, logger))()).toBe(true);
    expect(await (await openMirrorSwitch({ kind: 'file', path }, false, logger))()).toBe(false);
  });
});
