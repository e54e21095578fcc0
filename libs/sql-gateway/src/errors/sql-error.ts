import { AynaError, type ErrorCode } from '@ayna/contract';
import { sqlState } from '../postgres/classify-postgres-error.ts';
import { SqlServerError } from '../sqlserver/sql-server-error.ts';
import { classifySqlError } from './classify-sql-error.ts';

/**
 * Gives an error of the database its code of the registry. The message says what was being done and
 * what the database answered, with the constraint and the number or SQLSTATE of the error; it holds
 * no secret and no row.
 */
export function sqlError(error: unknown, doing: string): AynaError {
  if (error instanceof AynaError) return error;
  const state = error instanceof SqlServerError ? error.answered : sqlState(error);
  const answer = error instanceof Error && error.message !== '' ? error.message : 'no answer';
  const constraint = named(error, 'constraint');
  const message = [
    `${doing}: ${answer}`,
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

function named(error: unknown, property: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Readonly<Record<string, unknown>>)[property];
  return typeof value === 'string' ? value : undefined;
}
