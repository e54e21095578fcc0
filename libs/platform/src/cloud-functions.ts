import { z } from 'zod';
import { readConfig, wholeNumber } from './config.ts';

const memories = ['256MiB', '512MiB', '1GiB', '2GiB', '4GiB', '8GiB'] as const;

const MAX_CONCURRENCY = 1_000;
const MAX_INSTANCES = 1_000;
const MAX_TIMEOUT_SECONDS = 540;

/** What a Firebase function is deployed with, as `firebase-functions` takes it. */
export interface CloudFunctionOptions {
  /** @defaultValue Firebase's, `us-central1` */
  readonly region?: string;
  readonly memory: (typeof memories)[number];
  /** Calls at a time in one instance. */
  readonly concurrency: number;
  /** Instances that are kept warm, and billed, while there is nothing to do. */
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly timeoutSeconds: number;
  /** By its e-mail address. @defaultValue that of Compute Engine, which is for everybody */
  readonly serviceAccount?: string;
  /** The connector by whose network, and so by whose addresses, functions leave Google. */
  readonly vpcConnector?: string;
  readonly vpcConnectorEgressSettings?: 'ALL_TRAFFIC';
  /** Names in Secret Manager; the function finds each as an environment variable. */
  readonly secrets: string[];
}

/** What a group of functions is deployed with unless settings say otherwise. */
export interface CloudFunctionDefaults {
  /** How the settings of the group begin: `TRIGGERS` -> `TRIGGERS_MEMORY`. */
  readonly prefix: 'TRIGGERS' | 'GATEWAY';
  readonly maxInstances: number;
  readonly secrets: readonly string[];
}

/** The settings of a group of functions, for `readConfig`. */
export function cloudFunctionSettings({
  prefix,
  maxInstances,
  secrets,
}: CloudFunctionDefaults): Record<string, z.ZodType<string | number | string[] | undefined>> {
  return {
    FUNCTIONS_REGION: z
      .string()
      .regex(/^[a-z]+-[a-z]+\d+$/)
      .optional()
      .describe('expected a region of Google Cloud such as europe-west1'),
    FUNCTIONS_VPC_CONNECTOR: z.string().optional(),
    [`${prefix}_SERVICE_ACCOUNT`]: z
      .string()
      .regex(/^[^@\s]+@[^@\s]+$/)
      .optional()
      .describe('expected the e-mail address of a service account'),
    [`${prefix}_MEMORY`]: z.enum(memories).default('512MiB'),
    [`${prefix}_CONCURRENCY`]: wholeNumber(1, MAX_CONCURRENCY).default(80),
    [`${prefix}_MIN_INSTANCES`]: wholeNumber(0, MAX_INSTANCES).default(0),
    [`${prefix}_MAX_INSTANCES`]: wholeNumber(1, MAX_INSTANCES).default(maxInstances),
    [`${prefix}_TIMEOUT_SECONDS`]: wholeNumber(1, MAX_TIMEOUT_SECONDS).default(60),
    [`${prefix}_SECRETS`]: secretNames().default([...secrets]),
  };
}

/**
 * The options of a group of functions. Firebase reads them when it loads the code to see what there
 * is to deploy, with the settings of the deployment and nothing else: no secret is there then.
 *
 * @throws AynaError `ConfigInvalid`, naming the variable
 */
export function cloudFunctionOptions(
  defaults: CloudFunctionDefaults,
  env: Readonly<Record<string, string | undefined>>,
): CloudFunctionOptions {
  const values: Record<string, unknown> = readConfig(cloudFunctionSettings(defaults), env);
  const region = values.FUNCTIONS_REGION;
  const connector = values.FUNCTIONS_VPC_CONNECTOR;
  const of = (name: string): unknown => values[`${defaults.prefix}_${name}`];
  const account = of('SERVICE_ACCOUNT');
  return {
    ...(typeof region === 'string' ? { region } : {}),
    ...(typeof connector === 'string'
      ? { vpcConnector: connector, vpcConnectorEgressSettings: 'ALL_TRAFFIC' }
      : {}),
    ...(typeof account === 'string' ? { serviceAccount: account } : {}),
    memory: of('MEMORY') as CloudFunctionOptions['memory'],
    concurrency: Number(of('CONCURRENCY')),
    minInstances: Number(of('MIN_INSTANCES')),
    maxInstances: Number(of('MAX_INSTANCES')),
    timeoutSeconds: Number(of('TIMEOUT_SECONDS')),
    secrets: of('SECRETS') as string[],
  };
}

/** `DATABASE_URL,REDIS_URL`, or `none`. */
function secretNames(): z.ZodType<string[]> {
  return z
    .string()
    .regex(/^(none|[A-Z][A-Z0-9_]*(,[A-Z][A-Z0-9_]*)*)$/)
    .transform((names) => (names === 'none' ? [] : names.split(',')))
    .describe('expected names of secrets, separated by commas, or none');
}
