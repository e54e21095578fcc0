import { logLevels, port, readConfig, wholeNumber, type LogLevel } from '@ayna/platform';
import { firestoreSettings } from '@ayna/firestore';
import {
  alertThresholds,
  queueWatchSettings,
  serviceBusOf,
  serviceBusSettings,
  type AlertThresholds,
  type ServiceBusPlace,
} from '@ayna/service-bus';
import { sqlOf, sqlSettings, type SqlPlace } from '@ayna/sql-gateway';
import { z } from 'zod';

/** The settings of the writer; see `docs/configuration.md`. */
export interface WriterConfig {
  readonly serviceBus: ServiceBusPlace;
  readonly alertThresholds: AlertThresholds;
  readonly sql: SqlPlace;
  readonly batchSize: number;
  /** The Firebase project whose documents claim checks name; without it none can be redeemed. */
  readonly firebaseProject: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
}

/** @throws AynaError `ConfigInvalid`, naming every variable that is wrong */
export function writerConfig(env: Readonly<Record<string, string | undefined>>): WriterConfig {
  const config = readConfig(
    {
      ...serviceBusSettings,
      ...queueWatchSettings,
      ...sqlSettings,
      SQL_WRITER_BATCH_SIZE: wholeNumber(1, 5_000).default(250),
      GOOGLE_CLOUD_PROJECT: firestoreSettings.GOOGLE_CLOUD_PROJECT.optional(),
      HOST: z.string().default('0.0.0.0'),
      PORT: port().default(8080),
      LOG_LEVEL: z.enum(logLevels).default('info'),
    },
    env,
  );
  return {
    serviceBus: serviceBusOf(config),
    alertThresholds: alertThresholds(config),
    sql: sqlOf(config),
    batchSize: config.SQL_WRITER_BATCH_SIZE,
    firebaseProject: config.GOOGLE_CLOUD_PROJECT,
    host: config.HOST,
    port: config.PORT,
    logLevel: config.LOG_LEVEL,
  };
}
