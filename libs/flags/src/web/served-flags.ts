import type { WrittenFlags } from '../evaluate-flag.ts';
import { watchByPolling, type FlagSource } from '../flag-source.ts';

/** How often the address is asked, in milliseconds. */
export const DEFAULT_SERVED_INTERVAL_MS = 30_000;

/** The flags of a local file, from where a web server serves it. */
export function servedFlags(
  url: string,
  intervalMs: number = DEFAULT_SERVED_INTERVAL_MS,
): FlagSource {
  return {
    name: `file ${url}`,
    read: async () => {
      const response = await fetch(url, { cache: 'no-cache' });
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      const flags: unknown = await response.json();
      if (flags === null || typeof flags !== 'object' || Array.isArray(flags)) {
        throw new Error(`${url} is no JSON object: expected flags by key`);
      }
      return flags as WrittenFlags;
    },
    watch: (onChange) => watchByPolling(intervalMs, onChange),
  };
}
