import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A copy of this repository as a fresh clone has it, in a temporary folder. */
export interface RepositoryCopy extends AsyncDisposable {
  readonly folder: string;
}

/** Copies the files that git has or would take, as they are now, into a repository of one commit. */
export async function repositoryCopy(): Promise<RepositoryCopy> {
  const parent = await mkdtemp(join(tmpdir(), 'ayna-copy-'));
  // As open as any folder: an embedded PostgreSQL that root starts runs as somebody else.
  await chmod(parent, 0o755);
  const folder = join(parent, 'ayna');
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await run('git', listed, { cwd: root, maxBuffer: 2 ** 26 });
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    // A file that was deleted and not yet committed is still listed.
    await cp(join(root, file), join(folder, file)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
  const author = ['-c', 'user.name=Ayna', '-c', 'user.email=ayna@localhost'];
  await run('git', ['init', '-q'], { cwd: folder });
  await run('git', ['add', '-A'], { cwd: folder });
  await run('git', [...author, 'commit', '-q', '-m', 'A fresh clone'], { cwd: folder });
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

/** The same, with its packages installed: what `quickNpxPath` needs. */
export async function installedRepositoryCopy(): Promise<RepositoryCopy> {
  const copy = await repositoryCopy();
  const install = ['-y', 'pnpm@12', 'install', '--frozen-lockfile', '--prefer-offline'];
  await run('npx', install, { cwd: copy.folder, maxBuffer: 2 ** 26 });
  return copy;
}
