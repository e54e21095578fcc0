import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that only people and compilers read. Licences stay. */
const NOT_RUN = /\.(map|d\.[cm]?ts|tsbuildinfo)$|^(readme|changelog|history)(\.[a-z]+)?$/i;
/** Folders of programs that no app starts. */
const NOT_ENTERED = new Set(['.bin']);
/** The sources of our own packages: their exports name `dist`. */
const OWN_SOURCE = /@ayna[/\\][^/\\]+$/;

/**
 * Deletes from a folder of packages what no program reads: types, source maps, sources of our own
 * packages. Symbolic links are not followed, so nothing outside the folder is touched.
 */
export async function slimDown(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const unused = NOT_ENTERED.has(entry.name) || isOwnSource(folder, entry.name);
      await (unused ? rm(path, { recursive: true }) : slimDown(path));
    } else if (entry.isFile() && NOT_RUN.test(entry.name)) {
      await rm(path);
    }
  }
}

function isOwnSource(folder: string, name: string): boolean {
  return name === 'src' && OWN_SOURCE.test(folder);
}
