import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The version of CycloneDX that the tools which read these files understand today. */
const SPEC_VERSION = '1.6';

/**
 * Writes software bills of materials in CycloneDX, from the lockfile, by `pnpm sbom`:
 * `ayna.cdx.json` of the repository with all that builds and tests it, and one for each app, such as
 * `ayna-writer.cdx.json`, of what it ships.
 *
 * @param folder an absolute path; it is created
 * @throws Error with what pnpm said
 */
export async function writeSboms(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const sbom = (...args: readonly string[]) =>
    run(
      'npx',
      [
        ...['-y', 'pnpm@12', 'sbom', '--sbom-format', 'cyclonedx'],
        ...['--sbom-spec-version', SPEC_VERSION, '--sbom-type', 'application', ...args],
      ],
      { cwd: root },
    );
  await sbom('--out', join(folder, 'ayna.cdx.json'));
  await sbom('--prod', '--filter', './apps/*', '--split', '--out', join(folder, '%s.cdx.json'));
}
