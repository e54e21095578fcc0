import type { SqlErrorKind } from '../errors/sql-error-kind.ts';
import type { ServerMessage } from './server-messages.ts';

/** Codes of the driver and of the operating system for connections that are gone or do not come. */
const GONE = new Set(
  `ESOCKET ETIMEOUT ECLOSE ECONNCLOSED ENOTOPEN EINSTLOOKUP EINVALIDSTATE ECANCEL EABORT UNKNOWN
   EAI_AGAIN ECONNABORTED ECONNREFUSED ECONNRESET EHOSTUNREACH ENETDOWN ENETUNREACH ENOTFOUND EPIPE ETIMEDOUT`.split(
    /\s+/,
  ),
);
const CANNOT_LOG_IN = new Set('ELOGIN EENCRYPT ETDS EINTERFACENOTSUPP EPROTO'.split(' '));
const CERTIFICATE =
  /CERT|^(UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;
/** Messages that come without a code. */
const GONE_WORDS =
  /failed to acquire a connection from the pool|connection ended without|cannot close a pool|connection is clos|operation timed out|socket hang up/i;
const CERTIFICATE_WORDS = /certificate|wrong version number|unsupported protocol/i;
/** Answers of Entra ID that pass: too many requests, or the fault is its own. */
const PASSING_STATUS = /^(408|429|5\d\d)$/;

/** What an error without a number means; undefined for one that is not known. */
export function kindOfCode(
  { code = '', message, credential }: ServerMessage,
  neverConnected: boolean,
): SqlErrorKind | undefined {
  if (credential?.status !== undefined) {
    return PASSING_STATUS.test(credential.status) ? 'unavailable' : 'misconfigured';
  }
  if (credential) return neverConnected ? 'misconfigured' : 'unavailable';
  if (CERTIFICATE.test(code) || CANNOT_LOG_IN.has(code)) return 'misconfigured';
  if (CERTIFICATE_WORDS.test(message)) return 'misconfigured';
  return GONE.has(code) || GONE_WORDS.test(message) ? 'unavailable' : undefined;
}
