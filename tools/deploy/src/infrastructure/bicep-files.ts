import { glob } from 'node:fs/promises';
import { join } from 'node:path';

/** The Bicep files of the project, below its root. */
export const BICEP_FOLDER = 'tools/deploy/infrastructure';

/** @returns the paths of all Bicep files, absolute, in alphabetical order */
export async function bicepFiles(root: string): Promise<readonly string[]> {
  const folder = join(root, BICEP_FOLDER);
  const files: string[] = [];
  for await (const file of glob('**/*.bicep', { cwd: folder })) files.push(join(folder, file));
  return files.sort();
}
