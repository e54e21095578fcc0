import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a pruned folder takes. */
export interface FolderMeasure {
  /** Bytes of its files; what several packages share is counted once. */
  readonly bytes: number;
  /** Its packages, `name@version`, in alphabetical order. */
  readonly packages: readonly string[];
}

/** Measures a folder that pnpm has laid out. */
export async function measureFolder(folder: string): Promise<FolderMeasure> {
  const stored = await readdir(join(folder, 'node_modules/.pnpm'), { withFileTypes: true });
  const packages = stored
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => packageOf(name))
    .sort();
  return { bytes: await bytesOf(folder), packages };
}

/** `@azure+identity@4.14.1_peer@1` is how pnpm names the folder of `@azure/identity@4.14.1`. */
function packageOf(folder: string): string {
  const [name = folder, version = ''] = folder.split(/(?<=.)@/);
  return `${name.replace('+', '/')}@${version.replace(/[_(].*$/, '')}`;
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesOf(path);
    else if (entry.isFile()) bytes += (await lstat(path)).size;
  }
  return bytes;
}
