import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A package that strangers install. */
export interface PublicPackage {
  readonly name: string;
  /** In the repository. */
  readonly folder: string;
  /** What can be imported: `@ayna/contract`, `@ayna/contract/gateway`. */
  readonly subpaths: readonly string[];
  /** The tarball that `nx run-many -t pack` made. */
  readonly tarball: string;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** The packages that are not private, by name. */
export async function publicPackages(): Promise<PublicPackage[]> {
  const found: PublicPackage[] = [];
  const pattern = '{sql,apps/*,libs/*,tools/*,tools/emulators/*}/package.json';
  for await (const path of glob(pattern, { cwd: root })) {
    const text = await readFile(join(root, path), 'utf8');
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.private === true) continue;
    found.push({
      name: manifest.name,
      folder: dirname(path),
      subpaths: Object.keys(manifest.exports ?? {}).map((key) => manifest.name + key.slice(1)),
      tarball: join(root, `dist/packages/${manifest.name}.tgz`),
    });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}
