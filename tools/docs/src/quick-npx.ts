import { dirname, delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A `PATH` on which `npx -y pnpm@12 --silent SCRIPT` runs the script without asking npm and starting
 * pnpm, which take 2 s of each command. For documents with many commands; the packages have to be
 * installed.
 */
export const quickNpxPath = [
  fileURLToPath(new URL('quick', import.meta.url)),
  dirname(process.execPath),
  ...(process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules')),
].join(delimiter);
