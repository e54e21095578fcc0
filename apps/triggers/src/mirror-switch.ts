import { useSqlDmWriteMirror, type FlagSource } from '@ayna/flags';
import { fileFlags, remoteConfigServerFlags, serverFlagProvider } from '@ayna/flags/server';
import type { Logger } from '@ayna/platform';
import { OpenFeature } from '@openfeature/server-sdk';
import type { FlagsPlace } from './config.ts';

/** Tells whether changes are to be published now. Never rejects. */
export type MirrorSwitch = () => Promise<boolean>;

const DOMAIN = 'ayna-triggers';

/**
 * Connects to where the flags are. While they cannot be read, what was read last holds, and before
 * that the setting.
 */
export async function openMirrorSwitch(
  place: FlagsPlace,
  setting: boolean,
  logger: Logger,
): Promise<MirrorSwitch> {
  if (place.kind === 'none') {
    if (!setting) logger.warn('USE_SQL_DM_WRITE_MIRROR is off: changes are not published');
    return () => Promise.resolve(setting);
  }
  const source = await openSource(place);
  await OpenFeature.setProviderAndWait(DOMAIN, serverFlagProvider(source)).catch(
    (error: unknown) => {
      logger.error({ err: error, flags: source.name }, 'the feature flags cannot be read');
    },
  );
  const client = OpenFeature.getClient(DOMAIN);
  let was: boolean | undefined;
  return async () => {
    const isOn = await client.getBooleanValue(useSqlDmWriteMirror.key, setting);
    if (isOn !== was && !(isOn && was === undefined)) {
      const text = isOn ? 'changes are published again' : 'changes are not published';
      logger.warn(
        { flags: source.name },
        `${useSqlDmWriteMirror.key} is ${isOn ? 'on' : 'off'}: ${text}`,
      );
    }
    was = isOn;
    return isOn;
  };
}

async function openSource(
  place: Exclude<FlagsPlace, { readonly kind: 'none' }>,
): Promise<FlagSource> {
  if (place.kind === 'file') return fileFlags(place.path);
  const { getRemoteConfig } = await import('firebase-admin/remote-config');
  return remoteConfigServerFlags(getRemoteConfig());
}
