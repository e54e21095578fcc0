import type { SqlErrorKind } from '../errors/sql-error-kind.ts';

/** SQLSTATEs, or their first two characters, by what they mean; the longer match counts. */
const sqlStates: Readonly<Record<string, SqlErrorKind>> = {
  '08': 'unavailable', // connection
  '0A': 'misconfigured', // feature not supported
  '25006': 'unavailable', // read-only: a standby before it takes over
  '25P03': 'unavailable', // idle in transaction for too long
  '25P04': 'unavailable', // transaction for too long
  '26': 'unavailable', // prepared statement gone with the connection
  '28': 'misconfigured', // user, password
  '3D': 'misconfigured', // no such database
  '3F': 'misconfigured', // no such schema
  '40': 'unavailable', // deadlock, serialization
  '42': 'misconfigured', // no such table, procedure or column; no right to it
  '53': 'unavailable', // out of connections, disk or memory
  '55006': 'unavailable', // object in use
  '55P03': 'unavailable', // lock not available
  '57': 'unavailable', // shut down, cancelled, timed out
  '58': 'unavailable', // input and output
};

const socketErrors = new Set(
  'EAI_AGAIN ECONNABORTED ECONNREFUSED ECONNRESET EHOSTUNREACH ENETDOWN ENETUNREACH ENOTFOUND EPIPE ETIMEDOUT'.split(
    ' ',
  ),
);

/** What `pg` says, without a code, of connections that are gone or do not come. */
const GONE =
  /^(connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|client was closed|read ECONNRESET|socket (hang up|closed|disconnected))/i;
const CANNOT_LOG_IN =
  /^(SASL|the server does not support SSL|self.signed certificate|unable to)|certificate/i;

/** Sorts an error of `pg`; what it does not know counts as `rejected`. */
export function classifyPostgresError(error: unknown): SqlErrorKind {
  const code = sqlState(error) ?? '';
  const known = sqlStates[code] ?? sqlStates[code.slice(0, 2)];
  if (known) return known;
  if (/^[0-9A-Z]{5}$/.test(code) && !socketErrors.has(code)) return 'rejected';
  if (socketErrors.has(code)) return 'unavailable';
  const message = error instanceof Error ? error.message : '';
  if (GONE.test(message)) return 'unavailable';
  return CANNOT_LOG_IN.test(message) ? 'misconfigured' : 'rejected';
}

/** The SQLSTATE of an error, or the code of the operating system. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return sqlState(error.errors[0]);
  return undefined;
}
