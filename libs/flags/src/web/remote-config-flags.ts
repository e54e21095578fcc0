import {
  fetchAndActivate,
  getValue,
  onConfigUpdate,
  type RemoteConfig,
} from 'firebase/remote-config';
import { flagDefinitions } from '../flag-definitions.ts';
import { watchByPolling, type FlagSource } from '../flag-source.ts';

/** How often it is fetched beside what Remote Config pushes, in milliseconds. */
export const DEFAULT_REMOTE_CONFIG_INTERVAL_MS = 300_000;

/**
 * The flags in Firebase Remote Config, as an app fetches them: the parameters named after the flags.
 * `minimumFetchIntervalMillis` of its settings, twelve hours by default, bounds how soon a change
 * arrives that is not pushed.
 */
export function remoteConfigFlags(
  remoteConfig: RemoteConfig,
  intervalMs: number = DEFAULT_REMOTE_CONFIG_INTERVAL_MS,
): FlagSource {
  return {
    name: 'Firebase Remote Config',
    read: async () => {
      await fetchAndActivate(remoteConfig);
      const values = flagDefinitions.map(({ key }) => [key, getValue(remoteConfig, key)] as const);
      return Object.fromEntries(
        values
          .filter(([, value]) => value.getSource() === 'remote')
          .map(([key, value]) => [key, value.asString()]),
      );
    },
    watch: (onChange) => {
      const stopPolling = watchByPolling(intervalMs, onChange);
      const stopPushes = onConfigUpdate(remoteConfig, {
        next: onChange,
        // The polls go on.
        error: () => undefined,
        complete: () => undefined,
      });
      return () => {
        stopPolling();
        stopPushes();
      };
    },
  };
}
