import { readFile } from 'node:fs/promises';
import { AynaError } from '@ayna/contract';

/**
 * Reads a file that holds a JSON array of strings.
 *
 * @throws AynaError `ConfigInvalid` when it is none
 */
export async function readStrings(file: string): Promise<string[]> {
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (Array.isArray(json) && json.every((item) => typeof item === 'string')) return json;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('ConfigInvalid', `--strings: "${file}" cannot be read: ${detail}`);
  }
  throw new AynaError('ConfigInvalid', `--strings: "${file}" is not a JSON array of strings`);
}
