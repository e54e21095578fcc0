import { classifyPostgresError } from '../postgres/classify-postgres-error.ts';
import { SqlServerError } from '../sqlserver/sql-server-error.ts';
import type { SqlErrorKind } from './sql-error-kind.ts';

/** Sorts an error of any database; what it does not know counts as `rejected`. */
export function classifySqlError(error: unknown): SqlErrorKind {
  return error instanceof SqlServerError ? error.kind : classifyPostgresError(error);
}
