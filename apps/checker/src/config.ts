import { authCheckSettings, checkModeOf, checkSettings, type CheckMode } from '@ayna/consistency';
import { flag, logLevels, port, readConfig } from '@ayna/platform';
import {
  serviceBusOf,
  serviceBusSettings,
  tombstoneSettings,
  type ServiceBusPlace,
} from '@ayna/service-bus';
import { z } from 'zod';

const jobSettings = {
  ...checkSettings,
  ...authCheckSettings,
  ...serviceBusSettings,
  CHECK_SAMPLE: z.string().optional(),
  CHECK_AUTH: flag().default(false),
  CHECK_REPAIR: flag().default(false),
  ...tombstoneSettings,
  HOST: z.string().default('0.0.0.0'),
  PORT: port().default(8080),
  LOG_LEVEL: z.enum(logLevels).default('info'),
};

/** The settings of the checker; see `docs/configuration.md`. */
export type CheckerConfig = z.infer<z.ZodObject<typeof jobSettings>> & {
  readonly mode: CheckMode;
  /** Where repairs are published; undefined when the job only looks. */
  readonly repairs: ServiceBusPlace | undefined;
};

/** @throws AynaError `ConfigInvalid` or `InputInvalid`, naming what is wrong */
export function checkerConfig(env: Readonly<Record<string, string | undefined>>): CheckerConfig {
  const config = readConfig(jobSettings, env);
  return {
    ...config,
    mode: checkModeOf({ sample: config.CHECK_SAMPLE }),
    repairs: config.CHECK_REPAIR ? serviceBusOf(config) : undefined,
  };
}
