import { redactMessage } from '../errors/redact-message.ts';
import { sqlState } from './classify-postgres-error.ts';

/** How the SQLSTATEs of data begin that the server cannot take: their messages may repeat it. */
const DATA_EXCEPTION = '22';
/** Parts of such messages that stand in quotation marks and name a thing, not a value. */
const NAMES = /\b(encoding|type|column|relation|constraint|function) "[^"]*"/g;
const QUOTATION_MARK = /["'«»„“”]/;

/**
 * What `pg` threw, without values of rows and parameters. What it threw is left behind, since its
 * `detail`, `where` and message may hold such values ("Failing row contains ...").
 */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  /** The SQLSTATE, or the code of the operating system. */
  readonly code: string | undefined;
  readonly constraint: string | undefined;

  private constructor(message: string, code: string | undefined, constraint: string | undefined) {
    super(message);
    this.code = code;
    this.constraint = constraint;
  }

  static from(thrown: unknown): PostgresError {
    if (thrown instanceof PostgresError) return thrown;
    const code = sqlState(thrown);
    const said = thrown instanceof Error && thrown.message !== '' ? thrown.message : 'no answer';
    const constraint: unknown =
      thrown instanceof Error && 'constraint' in thrown ? thrown.constraint : undefined;
    return new PostgresError(
      redacted(said, code ?? ''),
      code,
      typeof constraint === 'string' ? constraint : undefined,
    );
  }
}

/** Values stand in quotation marks; where those of other languages stand, nobody has looked. */
function redacted(said: string, state: string): string {
  const message = redactMessage(undefined, said);
  const cut = message.includes('…');
  return state.startsWith(DATA_EXCEPTION) && !cut && QUOTATION_MARK.test(message.replace(NAMES, ''))
    ? 'the server refused a value (its words are withheld)'
    : message;
}
