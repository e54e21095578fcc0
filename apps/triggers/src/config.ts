import {
  cloudFunctionOptions,
  cloudFunctionSettings,
  flag,
  logLevels,
  readConfig,
  wholeNumber,
  type CloudFunctionDefaults,
  type CloudFunctionOptions,
} from '@ayna/platform';
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

type Environment = Readonly<Record<string, string | undefined>>;

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

const runtimeSettings = {
  ...serviceBusSettings,
  SERVICEBUS_PUBLISH_RETRY_COUNT: wholeNumber(0, 100).default(DEFAULT_RETRY_COUNT),
  USE_SQL_DM_WRITE_MIRROR: flag().default(true),
  FLAGS_PROVIDER: z.enum(['none', 'file', 'remote-config']).default('none'),
  FLAGS_FILE: z.string().default(DEFAULT_FLAGS_FILE),
  LOG_LEVEL: z.enum(logLevels).default('info'),
};

const deployed: CloudFunctionDefaults = {
  prefix: 'TRIGGERS',
  maxInstances: 100,
  secrets: ['SERVICEBUS_CONNECTION_STRING'],
};
/** Who has a namespace logs in as an identity of Azure, without a key. */
const deployedWithoutKey: CloudFunctionDefaults = { ...deployed, secrets: [] };

/** Every setting that the functions take, those for their deployment included. */
export const triggersSettings = { ...runtimeSettings, ...cloudFunctionSettings(deployed) };

/**
 * What the functions are deployed with. With `SERVICEBUS_NAMESPACE` they need no secret, unless
 * `TRIGGERS_SECRETS` names some.
 *
 * @throws AynaError `ConfigInvalid`, naming the variable
 */
export function triggersOptions(env: Environment): CloudFunctionOptions {
  const hasNamespace = (env.SERVICEBUS_NAMESPACE ?? '') !== '';
  return cloudFunctionOptions(hasNamespace ? deployedWithoutKey : deployed, env);
}

/** @throws AynaError `ConfigInvalid`, naming the variable */
export function triggersConfig(env: Environment): TriggersConfig {
  const config = readConfig(runtimeSettings, env);
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
