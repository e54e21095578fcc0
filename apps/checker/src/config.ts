import { authCheckSettings, checkModeOf, checkSettings, type CheckMode } from '@ayna/consistency';
import { flag, logLevels, port, readConfig, wholeNumber } from '@ayna/platform';
import { serviceBusOf, serviceBusSettings, type ServiceBusPlace } from '@ayna/service-bus';
import { z } from 'zod';

/** A dead document's events are gone from the broker after so many days; see `mirrorTopology`. */
const MESSAGE_LIFE_DAYS = 14;
const MAX_RETENTION_DAYS = 3_650;

const jobSettings = {
  ...checkSettings,
  ...authCheckSettings,
  ...serviceBusSettings,
  CHECK_SAMPLE: z.string().optional(),
  CHECK_AUTH: flag().default(false),
  CHECK_REPAIR: flag().default(false),
  TOMBSTONE_RETENTION_DAYS: wholeNumber(MESSAGE_LIFE_DAYS, MAX_RETENTION_DAYS)
    .default(30)
    .describe(
      `expected days from ${MESSAGE_LIFE_DAYS}, which is how long a message may live, to ${MAX_RETENTION_DAYS}`,
    ),
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
