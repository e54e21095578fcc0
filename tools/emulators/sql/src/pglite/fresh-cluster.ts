import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { dataDir } from '@electric-sql/pglite-prepopulatedfs';
import { unpackTar } from 'modern-tar/fs';

/**
 * A database cluster as `initdb` makes it, a gzipped tar: unpacking it takes a fraction of the time
 * and of the memory that making it takes.
 */
export const freshCluster = dataDir;

/** What PostgreSQL knows a cluster by: comes last, so that half a cluster is none. */
const VERSION_FILE = 'PG_VERSION';
/** There while a cluster is being put in its place, and only then. */
const UNPACKED = '.pglite-unpacked';

/**
 * Puts a fresh cluster into a directory that is empty or not there; a cluster that is there stays as
 * it is. What an attempt that was cut short has left is made anew.
 *
 * @throws Error when the directory holds something else, which stays
 */
export async function ensureCluster(directory: string): Promise<void> {
  if (existsSync(join(directory, VERSION_FILE))) return;
  const unpacked = join(directory, UNPACKED);
  const wasCutShort = existsSync(unpacked);
  await mkdir(directory, { recursive: true });
  const [foreign] = await readdir(directory);
  if (foreign !== undefined && !wasCutShort) {
    throw new Error(
      `"${directory}" is no database and holds something else ("${foreign}"): name an empty directory`,
    );
  }
  await rm(unpacked, { recursive: true, force: true });
  await mkdir(unpacked);
  const packed = Buffer.from(await (await freshCluster()).arrayBuffer());
  await pipeline(Readable.from([packed]), createGunzip(), unpackTar(unpacked));

  const entries = (await readdir(unpacked)).filter((name) => name !== VERSION_FILE);
  for (const name of [...entries, VERSION_FILE]) {
    await rm(join(directory, name), { recursive: true, force: true });
    await rename(join(unpacked, name), join(directory, name));
  }
  await rm(unpacked, { recursive: true });
}
