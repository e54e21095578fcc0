import { flag, logLevels, readConfig, wholeNumber } from '@ayna/platform';
import {
  DEFAULT_RETRY_COUNT,
  serviceBusOf,
  serviceBusSettings,
  type ServiceBusPlace,
} from '@ayna/service-bus';
import { z } from 'zod';

/** Where feature flags come from; `none` leaves everything to the environment. */
export type FlagsPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'remote-config' };

const DEFAULT_FLAGS_FILE = 'ayna-flags.json';

/** The settings of the trigger functions; see `docs/configuration.md`. */
export interface TriggersConfig {
  readonly serviceBus: ServiceBusPlace;
  readonly publishRetryCount: number;
  /**
   * False switches the mirror off: changes are acknowledged and not published. A flag of the
   * provider goes before it.
   */
  readonly mirrorEnabled: boolean;
  readonly flags: FlagsPlace;
  readonly logLevel: (typeof logLevels)[number];
}

/** @throws AynaError `ConfigInvalid`, naming the variable */
export function triggersConfig(env: Readonly<Record<string, string | undefined>>): TriggersConfig {
  const config = readConfig(
    {
      ...serviceBusSettings,
      SERVICEBUS_PUBLISH_RETRY_COUNT: wholeNumber(0, 100).default(DEFAULT_RETRY_COUNT),
      USE_SQL_DM_WRITE_MIRROR: flag().default(true),
      FLAGS_PROVIDER: z.enum(['none', 'file', 'remote-config']).default('none'),
      FLAGS_FILE: z.string().default(DEFAULT_FLAGS_FILE),
      LOG_LEVEL: z.enum(logLevels).default('info'),
    },
    env,
  );
  return {
    serviceBus: serviceBusOf(config),
    publishRetryCount: config.SERVICEBUS_PUBLISH_RETRY_COUNT,
    mirrorEnabled: config.USE_SQL_DM_WRITE_MIRROR,
    flags:
      config.FLAGS_PROVIDER === 'file'
        ? { kind: 'file', path: config.FLAGS_FILE }
        : { kind: config.FLAGS_PROVIDER },
    logLevel: config.LOG_LEVEL,
  };
}
