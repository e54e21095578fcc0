import { flag, logLevels, readConfig, wholeNumber } from '@ayna/platform';
import {
  DEFAULT_RETRY_COUNT,
  serviceBusOf,
  serviceBusSettings,
  type ServiceBusPlace,
} from '@ayna/service-bus';
import { z } from 'zod';

/** The settings of the trigger functions; see `docs/configuration.md`. */
export interface TriggersConfig {
  readonly serviceBus: ServiceBusPlace;
  readonly publishRetryCount: number;
  /** False switches the mirror off: changes are acknowledged and not published. */
  readonly mirrorEnabled: boolean;
  readonly logLevel: (typeof logLevels)[number];
}

/** @throws AynaError `ConfigInvalid`, naming the variable */
export function triggersConfig(env: Readonly<Record<string, string | undefined>>): TriggersConfig {
  const config = readConfig(
    {
      ...serviceBusSettings,
      SERVICEBUS_PUBLISH_RETRY_COUNT: wholeNumber(0, 100).default(DEFAULT_RETRY_COUNT),
      USE_SQL_DM_WRITE_MIRROR: flag().default(true),
      LOG_LEVEL: z.enum(logLevels).default('info'),
    },
    env,
  );
  return {
    serviceBus: serviceBusOf(config),
    publishRetryCount: config.SERVICEBUS_PUBLISH_RETRY_COUNT,
    mirrorEnabled: config.USE_SQL_DM_WRITE_MIRROR,
    logLevel: config.LOG_LEVEL,
  };
}
