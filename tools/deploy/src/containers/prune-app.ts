import { execFile } from 'node:child_process';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AynaError } from '@ayna/contract';
import { measureFolder, type FolderMeasure } from './measure-folder.ts';
import type { ContainerApp } from './container-apps.ts';
import { slimDown } from './slim-down.ts';

const run = promisify(execFile);

/** What pnpm leaves for its own next run, and the names of folders of the machine with it. */
const BOOKKEEPING = [
  'node_modules/.modules.yaml',
  'node_modules/.pnpm-workspace-state-v1.json',
  'node_modules/.pnpm/lock.yaml',
];

/**
 * Writes a folder that holds one app, the libraries it uses and their production dependencies, in the
 * versions of the lockfile, and nothing else of the workspace. `node dist/main.js` runs it anywhere.
 * The app has to have been built.
 *
 * @param root the root of the repository
 * @param target must not exist
 * @returns what it takes
 * @throws AynaError `ArtefactInvalid` when the app is not built, with the command that does it, and when
 * pnpm cannot prune it, with what pnpm said
 * @example
 * await pruneApp(root, 'writer', '/app');
 */
export async function pruneApp(
  root: string,
  app: ContainerApp,
  target: string,
): Promise<FolderMeasure> {
  await access(join(root, 'apps', app, 'dist/main.js')).catch((cause: unknown) => {
    const build = `npx -y pnpm@12 exec nx build @ayna/${app}`;
    throw new AynaError('ArtefactInvalid', `${app} is not built: ${build}`, { cause });
  });
  const args = ['--filter', `@ayna/${app}`, 'deploy', '--prod', '--prefer-offline', target];
  try {
    await run('npx', ['-y', 'pnpm@12', ...args, '--ignore-scripts'], { cwd: root });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('ArtefactInvalid', `${app} cannot be pruned: ${said}`, { cause });
  }
  for (const path of BOOKKEEPING) await rm(join(target, path), { force: true });
  await slimDown(target);
  return measureFolder(target);
}
