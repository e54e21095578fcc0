import { AynaError, type ErrorCode } from '@ayna/contract';
import { PostgresError } from '../postgres/postgres-error.ts';
import { SqlServerError } from '../sqlserver/sql-server-error.ts';
import { classifySqlError } from './classify-sql-error.ts';

/**
 * Gives an error of the database its code of the registry. The message says what was being done and
 * what the database answered, with the constraint and the number or SQLSTATE of the error; it holds
 * no secret and no row.
 */
export function sqlError(thrown: unknown, doing: string): AynaError {
  if (thrown instanceof AynaError) return thrown;
  const error = thrown instanceof SqlServerError ? thrown : PostgresError.from(thrown);
  const state = error instanceof SqlServerError ? error.answered : error.code;
  const constraint = error instanceof PostgresError ? error.constraint : undefined;
  const message = [
    `${doing}: ${error.message}`,
    constraint === undefined ? '' : `, constraint ${constraint}`,
    state === undefined ? '' : ` (${state})`,
  ].join('');
  return new AynaError(codeOf(error, state), message, { cause: error });
}

function codeOf(error: unknown, state = ''): ErrorCode {
  switch (classifySqlError(error)) {
    case 'unavailable':
      return 'SqlUnavailable';
    case 'rejected':
      return 'SqlRejected';
    case 'misconfigured':
      return isAboutSchema(error, state) ? 'SqlSchemaInvalid' : 'ConfigInvalid';
  }
}

function isAboutSchema(error: unknown, state: string): boolean {
  return error instanceof SqlServerError ? error.aboutSchema : /^(42|3F|0A)/.test(state);
}
