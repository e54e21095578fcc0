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
import type { CallLimit } from '@ayna/gateway';
import { sqlOf, sqlSettings, type SqlPlace } from '@ayna/sql-gateway';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of the gateway's functions; see `docs/configuration.md`. */
export interface GatewayConfig {
  readonly sql: SqlPlace;
  readonly poolSize: number;
  readonly limit: CallLimit;
  /** Where calls are counted for all instances together. */
  readonly redisUrl: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
}

const DEFAULT_CALLS = 600;
const DEFAULT_WINDOW_SECONDS = 60;
/** Instances are many and each handles few calls at a time. */
const DEFAULT_POOL_SIZE = 5;
const MAX_CALLS = 1_000_000;
const SECONDS_PER_DAY = 86_400;
const MAX_POOL_SIZE = 100;

const runtimeSettings = {
  ...sqlSettings,
  GATEWAY_SQL_POOL_SIZE: wholeNumber(1, MAX_POOL_SIZE).default(DEFAULT_POOL_SIZE),
  GATEWAY_RATE_LIMIT_CALLS: wholeNumber(1, MAX_CALLS).default(DEFAULT_CALLS),
  GATEWAY_RATE_LIMIT_WINDOW_SECONDS: wholeNumber(1, SECONDS_PER_DAY).default(
    DEFAULT_WINDOW_SECONDS,
  ),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/)
    .refine((url) => URL.canParse(url))
    .describe('expected redis://USER:PASSWORD@HOST:PORT or rediss://...')
    .optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
};

const appCheckSettings = { GATEWAY_ENFORCE_APP_CHECK: flag().default(true) };

const deployed: CloudFunctionDefaults = {
  prefix: 'GATEWAY',
  // Each instance has a pool of connections.
  maxInstances: 20,
  secrets: ['DATABASE_URL'],
};

/** Every setting that the functions take, those for their deployment included. */
export const gatewaySettings = {
  ...runtimeSettings,
  ...appCheckSettings,
  ...cloudFunctionSettings(deployed),
};

/** @throws AynaError `ConfigInvalid`, naming the variable */
export function gatewayConfig(env: Environment): GatewayConfig {
  const config = readConfig(runtimeSettings, env);
  return {
    sql: sqlOf(config),
    poolSize: config.GATEWAY_SQL_POOL_SIZE,
    limit: {
      calls: config.GATEWAY_RATE_LIMIT_CALLS,
      windowSeconds: config.GATEWAY_RATE_LIMIT_WINDOW_SECONDS,
    },
    redisUrl: config.REDIS_URL,
    logLevel: config.LOG_LEVEL,
  };
}

/**
 * Whether calls without a valid App Check token are refused. Firebase decides that when a function
 * is made, so it is read before all else.
 *
 * @throws AynaError `ConfigInvalid`, naming the variable
 */
export function enforcesAppCheck(env: Environment): boolean {
  return readConfig(appCheckSettings, env).GATEWAY_ENFORCE_APP_CHECK;
}

/**
 * What the functions are deployed with.
 *
 * @throws AynaError `ConfigInvalid`, naming the variable
 */
export function gatewayOptions(
  env: Environment,
): CloudFunctionOptions & { readonly enforceAppCheck: boolean } {
  return { ...cloudFunctionOptions(deployed, env), enforceAppCheck: enforcesAppCheck(env) };
}
