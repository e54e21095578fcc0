import { AynaError } from '@ayna/contract';
import type { RemoteConfig, RemoteConfigTemplate } from 'firebase-admin/remote-config';
import { flagDefinitions, type FlagDefinition } from '../flag-definitions.ts';
import { parseFlagRule } from '../flag-rule.ts';
import { watchByPolling, type FlagSource } from '../flag-source.ts';
import type { FlagEditor } from './flag-editor.ts';

/** How often the template is fetched, in milliseconds. */
export const DEFAULT_REMOTE_CONFIG_INTERVAL_MS = 60_000;

/**
 * The flags in the server template of Firebase Remote Config, by `getRemoteConfig()` of
 * `firebase-admin/remote-config`. The percentages are Ayna's own (`cohortOf`); Remote Config's
 * conditions hold as far as they need no user.
 */
export function remoteConfigServerFlags(
  remoteConfig: RemoteConfig,
  intervalMs: number = DEFAULT_REMOTE_CONFIG_INTERVAL_MS,
): FlagSource {
  return {
    name: 'Firebase Remote Config',
    read: async () => {
      const template = await attempt('reading its server template', () =>
        remoteConfig.getServerTemplate(),
      );
      const config = template.evaluate();
      const values = flagDefinitions.map(({ key }) => [key, config.getValue(key)] as const);
      return Object.fromEntries(
        values
          .filter(([, value]) => value.getSource() === 'remote')
          .map(([key, value]) => [key, value.asString()]),
      );
    },
    watch: (onChange) => watchByPolling(intervalMs, onChange),
  };
}

/**
 * Edits the template that apps fetch: the default value of the parameter that a flag is. A template
 * that somebody else published meanwhile is not overwritten: the edit is made to the newer one.
 */
export function remoteConfigEditor(remoteConfig: RemoteConfig): FlagEditor {
  const read = () => attempt('reading its template', () => remoteConfig.getTemplate());
  return {
    name: 'Firebase Remote Config',
    get: async (flag) => {
      const value = parametersOf(await read(), flag)[flag.key]?.defaultValue;
      return value && 'value' in value ? value.value : undefined;
    },
    set: async (flag, rule) => {
      parseFlagRule(flag, rule);
      const value = typeof rule === 'string' ? rule : JSON.stringify(rule);
      for (let attempts = 1; ; attempts += 1) {
        const template = await read();
        const parameters = parametersOf(template, flag);
        parameters[flag.key] = {
          description: flag.description,
          ...parameters[flag.key],
          defaultValue: { value },
        };
        try {
          await attempt('publishing its template', () => remoteConfig.publishTemplate(template));
          return;
        } catch (error) {
          if (attempts === MAX_ATTEMPTS || !isOutdated(error)) throw error;
        }
      }
    },
  };
}

/** Templates that others publish at the same moment are given way to so many times. */
const MAX_ATTEMPTS = 5;

/** The parameters among which a flag stands, or is to stand: those of a group, or the loose ones. */
function parametersOf(
  { parameters, parameterGroups }: RemoteConfigTemplate,
  { key }: FlagDefinition,
): RemoteConfigTemplate['parameters'] {
  const group = Object.values(parameterGroups).find((one) => Object.hasOwn(one.parameters, key));
  return group?.parameters ?? parameters;
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const code = isRefusal(cause) ? 'FlagsRejected' : 'FlagsUnavailable';
    throw new AynaError(code, `Firebase Remote Config, ${doing}: ${detail}`, { cause });
  }
}

const REFUSALS: ReadonlySet<unknown> = new Set(
  ['unauthenticated', 'permission-denied', 'invalid-argument', 'not-found', 'failed-precondition']
    // A template that is outdated, and a malformed one.
    .concat('aborted', 'already-exists')
    .map((code) => `remote-config/${code}`),
);

function isRefusal(error: unknown): boolean {
  return REFUSALS.has(codeOf(error));
}

function isOutdated(error: unknown): boolean {
  const cause = error instanceof AynaError ? codeOf(error.cause) : undefined;
  return cause === 'remote-config/failed-precondition' || cause === 'remote-config/aborted';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
