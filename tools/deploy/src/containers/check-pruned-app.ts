import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AynaError } from '@ayna/contract';
import { exitCodes } from '@ayna/platform';
import type { ContainerApp } from './container-apps.ts';
import { pruneApp } from './prune-app.ts';

const BYTES_PER_MB = 1_000_000;

/**
 * Prunes an app into a folder outside the repository and starts it there without any setting: a whole
 * folder loads everything it imports and then says which settings are missing.
 *
 * @returns what the folder takes
 * @throws AynaError `ArtefactInvalid` with what the app said instead
 */
export async function checkPrunedApp(root: string, app: ContainerApp): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `ayna-${app}-`));
  try {
    const target = join(folder, app);
    const { bytes, packages } = await pruneApp(root, app, target);
    const { code, said } = await startWithoutSettings(target);
    if (code !== exitCodes.misconfigured || !said.includes('ConfigInvalid')) {
      throw new AynaError('ArtefactInvalid', `${app} does not start by itself: ${said}`);
    }
    return `${Math.round(bytes / BYTES_PER_MB)} MB, ${packages.length} packages`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function startWithoutSettings(cwd: string): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['dist/main.js'], {
      cwd,
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}
