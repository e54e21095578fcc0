import type { SqlErrorKind } from '../errors/sql-error-kind.ts';
import { CANNOT_OPEN_DATABASE, meaningOf } from './error-numbers.ts';
import { kindOfCode } from './driver-codes.ts';
import { kindOfWords } from './message-patterns.ts';
import { serverMessages, type ServerMessage } from './server-messages.ts';

/** When an error came. */
export interface ErrorCircumstances {
  /** No connection to this database has been made yet. @defaultValue false */
  readonly neverConnected?: boolean;
}

interface Verdict {
  readonly kind: SqlErrorKind;
  readonly aboutSchema: boolean;
}

const severe: Verdict = { kind: 'unavailable', aboutSchema: false };
const unknown: Verdict = { kind: 'rejected', aboutSchema: false };
const settings: Verdict = { kind: 'misconfigured', aboutSchema: false };
/** From this severity on the fault is the server's: resources, its own limits, its health. */
const SEVERE_CLASS = 17;
/** From this severity on the server closes the connection. */
const FATAL_CLASS = 20;

/**
 * An error of SQL Server, as the pool and the driver give it: sorted, and without values of rows.
 * What the driver threw is left behind, since its message and its chain may hold such values.
 *
 * Of several messages, one that time can heal decides; else the first that is known.
 *
 * Error 4060, "cannot open database", means two things. Azure SQL answers it while a database moves
 * to another node, and then it heals; a server answers it for a database that does not exist, and
 * then it does not. So it is a misconfiguration until the first connection to the database has been
 * made, and an outage from then on. The same holds for a managed identity that is not at hand.
 */
export class SqlServerError extends Error {
  override readonly name = 'SqlServerError';
  readonly kind: SqlErrorKind;
  /** Of a misconfiguration: whether it is one of tables, procedures and rights, not of settings. */
  readonly aboutSchema: boolean;
  /** The number of the error, when the server gave one. */
  readonly number: number | undefined;
  /** The number, or else the code of the driver or of the operating system. */
  readonly answered: string | undefined;

  /** The server closes the connection after it. */
  readonly fatal: boolean;

  private constructor(
    { number, code, message }: ServerMessage,
    { kind, aboutSchema }: Verdict,
    fatal = false,
  ) {
    super(message);
    this.kind = kind;
    this.aboutSchema = aboutSchema;
    this.number = number;
    this.fatal = fatal;
    this.answered = number === undefined ? code : String(number);
  }

  /** The server ended a transaction and did not say why. */
  static ended(): SqlServerError {
    return new SqlServerError({ message: 'the server ended the transaction' }, severe);
  }

  /** Sorts what the driver threw. */
  static from(thrown: unknown, circumstances: ErrorCircumstances = {}): SqlServerError {
    if (thrown instanceof SqlServerError) return thrown;
    const messages = serverMessages(thrown);
    const judged = messages.flatMap((message) => {
      const verdict = judge(message, circumstances);
      return verdict ? [{ message, verdict }] : [];
    });
    const decisive = judged.find(({ verdict }) => verdict.kind === 'unavailable') ?? judged[0];
    const fatal = messages.some(({ severity = 0 }) => severity >= FATAL_CLASS);
    return new SqlServerError(
      decisive?.message ?? messages[0] ?? { message: 'no answer' },
      decisive?.verdict ?? unknown,
      fatal,
    );
  }
}

function judge(
  message: ServerMessage,
  { neverConnected = false }: ErrorCircumstances,
): Verdict | undefined {
  if (message.number === undefined) {
    const kind = kindOfCode(message, neverConnected);
    return kind && { kind, aboutSchema: false };
  }
  if (message.number === CANNOT_OPEN_DATABASE) return neverConnected ? settings : severe;
  return (
    meaningOf(message.number) ??
    ((message.severity ?? 0) >= SEVERE_CLASS ? severe : kindOfWords(message.message))
  );
}
