import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AynaError } from '@ayna/contract';
import { runProgram } from '@ayna/platform';
import { containerApps } from './container-apps.ts';
import { pruneApp } from './prune-app.ts';

const BYTES_PER_MB = 1_000_000;
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** `main.ts APP FOLDER` writes the pruned folder of an app; the Dockerfiles run it. */
await runProgram(async () => {
  const [name, target, ...others] = process.argv.slice(2);
  const app = containerApps.find((one) => one === name);
  if (!app || target === undefined || others.length > 0) {
    const names = containerApps.join(', ');
    throw new AynaError('InputInvalid', `expected an app (${names}) and a folder to be made`);
  }
  const { bytes, packages } = await pruneApp(root, app, resolve(target));
  process.stdout.write(
    `${target}: ${Math.round(bytes / BYTES_PER_MB)} MB, ${packages.length} packages\n`,
  );
});
