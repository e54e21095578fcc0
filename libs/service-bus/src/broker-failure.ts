import { isServiceBusError } from '@azure/service-bus';
import { AynaError } from '@ayna/contract';

/** What a person must change; everything else the broker says is worth another try. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'MessagingEntityNotFound',
  'MessagingEntityDisabled',
  'UnauthorizedAccess',
  'MessageSizeExceeded',
]);

/** What the administration API answers to a key without the right, and for what is not there. */
const REFUSALS: ReadonlySet<unknown> = new Set([401, 403, 404]);

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
}

/**
 * The registry error of what the broker's client threw: `BrokerRejected` for what a person must
 * change, `BrokerUnavailable` for what time can heal.
 */
export function brokerFailure(thrown: unknown, what: string): AynaError {
  if (thrown instanceof AynaError) return thrown;
  const error = lastOf(thrown);
  const detail = detailOf(error);
  const rejected =
    (isServiceBusError(error) && REJECTIONS.has(error.code)) ||
    REFUSALS.has(statusOf(error)) ||
    /\b(401|403)\b|Unauthorized/.test(detail);
  return new AynaError(rejected ? 'BrokerRejected' : 'BrokerUnavailable', `${what}: ${detail}`, {
    cause: error,
  });
}

/** After several attempts the client throws the errors of all of them, without words of its own. */
function lastOf(thrown: unknown): unknown {
  return thrown instanceof AggregateError && thrown.errors.length > 0
    ? lastOf(thrown.errors.at(-1))
    : thrown;
}

/** Some errors of the client have no message, only a code. */
function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
