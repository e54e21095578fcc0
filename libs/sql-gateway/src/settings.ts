import { entities, type Entity } from '@ayna/contract';
import { z } from 'zod';
import type { ProcedureNames } from './procedure-names.ts';

const procedureName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]*$/)
  .optional()
  .describe('expected the name of a stored procedure');

const operations = ['upsert', 'delete', 'purge'] as const;
type ProcedureOperation = (typeof operations)[number];

/** The settings by which every program reaches the mirror store. */
export const sqlSettings = {
  DATABASE_URL: z
    .string()
    .regex(/^[a-z]+:\/\/\S+$|^[a-z ]+=.*;/i)
    .describe(
      'expected postgres://USER:PASSWORD@HOST:PORT/DATABASE or mssql://USER:PASSWORD@HOST:PORT/DATABASE',
    ),
  SQL_ACCESS_TOKEN: z
    .string()
    .min(1)
    .optional()
    .describe('expected a token of Entra ID for https://database.windows.net/'),
  ...procedureVariables(entities),
};

/** What `sqlSettings` say, in the terms of `openMirrorStore`. */
export interface SqlPlace {
  readonly database: string;
  /** A token of Entra ID in place of user and password. */
  readonly accessToken?: string;
  /** Procedure names that differ from the contract's. */
  readonly procedureNames: ProcedureNames;
}

/** Where the database is, from settings that `sqlSettings` has checked. */
export function sqlOf(settings: z.infer<z.ZodObject<typeof sqlSettings>>): SqlPlace {
  const { SQL_ACCESS_TOKEN: accessToken } = settings;
  return {
    database: settings.DATABASE_URL,
    ...(accessToken === undefined ? {} : { accessToken }),
    procedureNames: procedureNames(entities, settings),
  };
}

/** `dm.message` -> `SQL_PROC_DM_MESSAGE_UPSERT`. */
function procedureVariable(entity: Entity, operation: ProcedureOperation): string {
  return `SQL_PROC_${entity.name.replaceAll('.', '_')}_${operation}`.toUpperCase();
}

function procedureVariables(all: readonly Entity[]): Record<string, typeof procedureName> {
  return Object.fromEntries(
    all.flatMap((entity) =>
      operations.map((operation) => [procedureVariable(entity, operation), procedureName]),
    ),
  );
}

function procedureNames(
  all: readonly Entity[],
  settings: Readonly<Record<string, unknown>>,
): ProcedureNames {
  const given = (entity: Entity, operation: ProcedureOperation) => {
    const name = settings[procedureVariable(entity, operation)];
    return typeof name === 'string' ? { [operation]: name } : {};
  };
  return Object.fromEntries(
    all.map((entity) => [
      entity.name,
      Object.assign({}, ...operations.map((operation) => given(entity, operation))) as object,
    ]),
  );
}
