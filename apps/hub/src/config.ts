import { AynaError } from '@ayna/contract';
import { firestoreSettings } from '@ayna/firestore';
import { flag, logLevels, port, readConfig, type LogLevel } from '@ayna/platform';
import { DEFAULT_HUB_NAME, type HubLimits, type WebPubSubOptions } from '@ayna/realtime';
import { serviceBusOf, serviceBusSettings, type ServiceBusPlace } from '@ayna/service-bus';
import { sqlOf, sqlSettings, type SqlPlace } from '@ayna/sql-gateway';
import { z } from 'zod';
import { limitSettings, limitsOf } from './limit-settings.ts';

/** The settings of the hub; see `docs/configuration.md`. */
export interface HubConfig {
  /** `subscription` is the hubs' own. */
  readonly serviceBus: ServiceBusPlace;
  /** PostgreSQL, or PGlite: where the log is. */
  readonly logUrl: string;
  /** Asked who takes part in conversations that the log has not seen; undefined without a mirror. */
  readonly mirror: SqlPlace | undefined;
  readonly firebaseProject: string;
  /** Whether Firestore is asked before the mirror. */
  readonly askFirestore: boolean;
  readonly checkRevoked: boolean;
  readonly webPubSub: WebPubSubOptions | undefined;
  readonly allowedOrigins: readonly string[] | undefined;
  readonly limits: HubLimits;
  readonly host: string;
  /** Where clients connect. */
  readonly hubPort: number;
  /** Where operators look. */
  readonly port: number;
  readonly logLevel: LogLevel;
}

const POSTGRES = /^postgres(ql)?:\/\/\S+$/;

/** @throws AynaError `ConfigInvalid`, naming every variable that is wrong */
export function hubConfig(env: Readonly<Record<string, string | undefined>>): HubConfig {
  const config = readConfig(
    {
      ...serviceBusSettings,
      SERVICEBUS_SUBSCRIPTION_REALTIME: z.string().default('realtime'),
      ...sqlSettings,
      DATABASE_URL: sqlSettings.DATABASE_URL.optional(),
      HUB_DATABASE_URL: z
        .string()
        .regex(POSTGRES)
        .optional()
        .describe('expected postgres://USER:PASSWORD@HOST:PORT/DATABASE'),
      ...firestoreSettings,
      HUB_ASK_FIRESTORE: flag().default(true),
      HUB_CHECK_REVOKED: flag().default(false),
      HUB_ALLOWED_ORIGINS: z.string().optional(),
      WEBPUBSUB_CONNECTION_STRING: z.string().optional(),
      WEBPUBSUB_HUB: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_`,.[\]]{0,127}$/)
        .describe('expected the name of a hub: a letter, then letters, digits or underscores')
        .default(DEFAULT_HUB_NAME),
      ...limitSettings,
      HOST: z.string().default('0.0.0.0'),
      HUB_PORT: port().default(8090),
      PORT: port().default(8080),
      LOG_LEVEL: z.enum(logLevels).default('info'),
    },
    env,
  );
  const { DATABASE_URL: mirrorUrl, WEBPUBSUB_CONNECTION_STRING: webPubSub } = config;
  return {
    serviceBus: {
      ...serviceBusOf(config),
      subscription: config.SERVICEBUS_SUBSCRIPTION_REALTIME,
    },
    logUrl: logUrlOf(config.HUB_DATABASE_URL, mirrorUrl),
    mirror: mirrorUrl === undefined ? undefined : sqlOf({ ...config, DATABASE_URL: mirrorUrl }),
    firebaseProject: config.GOOGLE_CLOUD_PROJECT,
    askFirestore: config.HUB_ASK_FIRESTORE,
    checkRevoked: config.HUB_CHECK_REVOKED,
    webPubSub:
      webPubSub === undefined
        ? undefined
        : { connectionString: webPubSub, hubName: config.WEBPUBSUB_HUB },
    allowedOrigins: originsOf(config.HUB_ALLOWED_ORIGINS),
    limits: limitsOf(config),
    host: config.HOST,
    hubPort: config.HUB_PORT,
    port: config.PORT,
    logLevel: config.LOG_LEVEL,
  };
}

function logUrlOf(own: string | undefined, mirror: string | undefined): string {
  if (own !== undefined) return own;
  if (mirror !== undefined && POSTGRES.test(mirror)) return mirror;
  throw new AynaError(
    'ConfigInvalid',
    'HUB_DATABASE_URL is missing: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE (or a DATABASE_URL that is PostgreSQL)',
  );
}

function originsOf(list: string | undefined): readonly string[] | undefined {
  const origins = list?.split(',').map((origin) => origin.trim());
  return origins?.filter((origin) => origin !== '');
}
