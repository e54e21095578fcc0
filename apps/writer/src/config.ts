import { entities, type Entity } from '@ayna/contract';
import { logLevels, port, readConfig, wholeNumber, type LogLevel } from '@ayna/platform';
import {
  DEFAULT_SQL_WRITER_SUBSCRIPTION,
  DEFAULT_TOPIC,
  serviceBusEndpoint,
  type ServiceBusEndpoint,
} from '@ayna/service-bus';
import type { ProcedureNames } from '@ayna/sql-gateway';
import { z } from 'zod';

/** The settings of the writer; see `docs/configuration.md`. */
export interface WriterConfig {
  readonly serviceBus: ServiceBusEndpoint;
  readonly topic: string;
  readonly subscription: string;
  readonly databaseUrl: string;
  /** Procedure names that differ from the contract's. */
  readonly procedureNames: ProcedureNames;
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
      SERVICEBUS_CONNECTION_STRING: z.string().optional(),
      SERVICEBUS_NAMESPACE: z.string().optional(),
      SERVICEBUS_TOPIC_REALTIME_MIRROR: z.string().default(DEFAULT_TOPIC),
      SERVICEBUS_SUBSCRIPTION_SQL_WRITER: z.string().default(DEFAULT_SQL_WRITER_SUBSCRIPTION),
      DATABASE_URL: z
        .string()
        .regex(/^[a-z]+:\/\/\S+$/)
        .describe('expected postgres://USER:PASSWORD@HOST:PORT/DATABASE'),
      SQL_WRITER_BATCH_SIZE: wholeNumber(1, 5_000).default(250),
      GOOGLE_CLOUD_PROJECT: z.string().optional(),
      HOST: z.string().default('0.0.0.0'),
      PORT: port().default(8080),
      LOG_LEVEL: z.enum(logLevels).default('info'),
      ...procedureVariables(entities),
    },
    env,
  );
  return {
    serviceBus: serviceBusEndpoint(
      config.SERVICEBUS_CONNECTION_STRING,
      config.SERVICEBUS_NAMESPACE,
    ),
    topic: config.SERVICEBUS_TOPIC_REALTIME_MIRROR,
    subscription: config.SERVICEBUS_SUBSCRIPTION_SQL_WRITER,
    databaseUrl: config.DATABASE_URL,
    procedureNames: procedureNames(entities, config),
    batchSize: config.SQL_WRITER_BATCH_SIZE,
    firebaseProject: config.GOOGLE_CLOUD_PROJECT,
    host: config.HOST,
    port: config.PORT,
    logLevel: config.LOG_LEVEL,
  };
}

const procedureName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]*$/)
  .optional()
  .describe('expected the name of a stored procedure');

/** `dm.message` -> `SQL_PROC_DM_MESSAGE_UPSERT`. */
function procedureVariable(entity: Entity, operation: 'upsert' | 'delete'): string {
  return `SQL_PROC_${entity.name.replaceAll('.', '_')}_${operation}`.toUpperCase();
}

function procedureVariables(all: readonly Entity[]): Record<string, typeof procedureName> {
  return Object.fromEntries(
    all.flatMap((entity) => [
      [procedureVariable(entity, 'upsert'), procedureName],
      [procedureVariable(entity, 'delete'), procedureName],
    ]),
  );
}

function procedureNames(
  all: readonly Entity[],
  config: Readonly<Record<string, unknown>>,
): ProcedureNames {
  const given = (entity: Entity, operation: 'upsert' | 'delete') => {
    const name = config[procedureVariable(entity, operation)];
    return typeof name === 'string' ? { [operation]: name } : {};
  };
  return Object.fromEntries(
    all.map((entity) => [entity.name, { ...given(entity, 'upsert'), ...given(entity, 'delete') }]),
  );
}
