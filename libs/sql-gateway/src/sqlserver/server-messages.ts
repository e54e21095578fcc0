import { redactMessage } from '../errors/redact-message.ts';

/** One thing that the server, the driver or the operating system said, without values of rows. */
export interface ServerMessage {
  readonly message: string;
  readonly number?: number;
  /** 11 to 16: the statement is at fault; from 17 on, the server. */
  readonly severity?: number;
  /** The code of the operating system or TLS, or else of the driver. */
  readonly code?: string;
  /** Entra ID gave no token; `status` is the HTTP status of its answer. */
  readonly credential?: { readonly status?: string };
}

/** An error token of the protocol. */
export interface ErrorToken {
  readonly number: number;
  readonly class: number;
  readonly message: string;
}

interface DriverError extends Error {
  readonly number?: unknown;
  /** The token itself, on the error that a request's error was made of. */
  readonly info?: ErrorToken;
  readonly class?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly originalError?: unknown;
  readonly precedingErrors?: readonly unknown[];
}

const NO_TOKEN = 'EFEDAUTH';

/** What the server said about logins that it refused. The driver's errors leave the numbers out. */
const refusals = new WeakMap<Error, readonly ServerMessage[]>();

/** Notes which error tokens stand behind the error of a login. */
export function rememberRefusal(error: Error, tokens: readonly ErrorToken[]): void {
  refusals.set(error, tokens.map(fromToken));
}

/** All that an error of the driver says, in the order in which it was said. */
export function serverMessages(thrown: unknown): ServerMessage[] {
  if (!(thrown instanceof Error)) return [];
  const error: DriverError = thrown;
  const refusal = refusals.get(error);
  if (refusal && refusal.length > 0) return [...refusal];
  const before = (error.precedingErrors ?? []).flatMap(serverMessages);
  if (error.info) return [...before, fromToken(error.info)];
  if (typeof error.number === 'number')
    return [...before, fromToken(error as unknown as ErrorToken)];
  if (error instanceof AggregateError) return [...before, ...aggregated(error)];
  const original = serverMessages(error.originalError);
  return [...before, ...(original.length > 0 ? original : [withoutNumber(error)])];
}

/** Of a token that could not be had, the driver's own sentence says nothing that the cause does not. */
function aggregated({ errors }: AggregateError): ServerMessage[] {
  const [first, ...rest] = errors as unknown[];
  if (codeOf(first) !== NO_TOKEN) return [first, ...rest].flatMap(serverMessages);
  return (rest.length > 0 ? rest : [first])
    .flatMap(serverMessages)
    .map((message) => ({ ...message, credential: message.credential ?? {} }));
}

function fromToken({ number, class: severity, message }: ErrorToken): ServerMessage {
  return { number, severity, message: redactMessage(number, message) };
}

function withoutNumber(error: DriverError): ServerMessage {
  const code = codeOf(error.cause) ?? codeOf(error);
  const message = redactMessage(undefined, error.message);
  const credential = credentialOf(error);
  return {
    message,
    ...(code === undefined ? {} : { code }),
    ...(credential ? { credential } : {}),
  };
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function credentialOf(error: DriverError): ServerMessage['credential'] {
  if (
    !/^(CredentialUnavailableError|AuthenticationError|AggregateAuthenticationError)$/.test(
      error.name,
    )
  ) {
    return undefined;
  }
  const { statusCode: status } = error;
  return typeof status === 'number' ? { status: String(status) } : {};
}
