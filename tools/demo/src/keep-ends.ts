import { access, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { AynaError } from '@ayna/contract';
import type { Ends } from './embedded-ends.ts';

/** What other programs are told of the ends; the rest of the settings are the writer's own. */
const TOLD = [
  'FIRESTORE_EMULATOR_HOST',
  'FIRESTORE_WEB_HOST',
  'GOOGLE_CLOUD_PROJECT',
  'METADATA_SERVER_DETECTION',
  'SERVICEBUS_CONNECTION_STRING',
  'DATABASE_URL',
];

const LOOK_AGAIN_MS = 500;

/**
 * Waits until it is aborted or somebody removes the file. The file is for `source FILE`: it sets
 * what `ayna` and other programs need to find the ends.
 *
 * @throws AynaError `ConfigInvalid` when the file cannot be written
 */
export async function keepEnds(
  { settings }: Ends,
  file: string,
  { signal, note }: { readonly signal: AbortSignal; readonly note: (text: string) => void },
): Promise<void> {
  const lines = TOLD.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [`export ${name}='${value.replaceAll("'", `'\\''`)}'\n`];
  });
  // The connection strings hold keys, if only of this machine.
  await writeFile(file, lines.join(''), { mode: 0o600 }).catch((cause: unknown) => {
    throw new AynaError('ConfigInvalid', `--keep: cannot write ${file}`, { cause });
  });
  note(
    `Everything goes on until Ctrl-C, or until ${file} is removed. Other terminals: source ${file}`,
  );
  while (!signal.aborted && (await isThere(file))) {
    await wait(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  await rm(file, { force: true });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
