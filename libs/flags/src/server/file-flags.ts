import { readFile, rename, writeFile } from 'node:fs/promises';
import { unwatchFile, watchFile } from 'node:fs';
import { AynaError } from '@ayna/contract';
import type { WrittenFlags } from '../evaluate-flag.ts';
import { parseFlagRule } from '../flag-rule.ts';
import type { FlagSource } from '../flag-source.ts';
import type { FlagEditor } from './flag-editor.ts';

/** How often the file is looked at, in milliseconds. */
export const DEFAULT_FILE_INTERVAL_MS = 1_000;

/**
 * Flags in a JSON file: one object, the rules by the keys of the flags. A file that is not there
 * holds no flag. It is looked at by its time, which works on every file system and mount.
 */
export function fileFlags(path: string, intervalMs: number = DEFAULT_FILE_INTERVAL_MS): FlagSource {
  return {
    name: `file ${path}`,
    read: () => readFlags(path),
    watch: (onChange) => {
      const listener = () => onChange();
      watchFile(path, { interval: intervalMs, persistent: false }, listener);
      return () => unwatchFile(path, listener);
    },
  };
}

/** Edits the flags in a JSON file; a reader sees the whole file as it was or as it will be. */
export function fileFlagEditor(path: string): FlagEditor {
  return {
    name: `the file ${path}`,
    get: async (flag) => (await readFlags(path))[flag.key],
    set: async (flag, rule) => {
      parseFlagRule(flag, rule);
      const flags = { ...(await readFlags(path)), [flag.key]: rule };
      const draft = `${path}.${process.pid}.tmp`;
      await writeFile(draft, `${JSON.stringify(flags, undefined, 2)}\n`);
      await rename(draft, path);
    },
  };
}

async function readFlags(path: string): Promise<WrittenFlags> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new AynaError('ConfigInvalid', `the flags in ${path} cannot be read`, { cause });
  }
  let flags: unknown;
  try {
    flags = JSON.parse(text);
  } catch (cause) {
    throw new AynaError('ConfigInvalid', `${path} is no JSON: expected flags by key`, { cause });
  }
  if (flags === null || typeof flags !== 'object' || Array.isArray(flags)) {
    throw new AynaError('ConfigInvalid', `${path} is no JSON object: expected flags by key`);
  }
  return flags as WrittenFlags;
}
