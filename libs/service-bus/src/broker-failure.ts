import { isServiceBusError } from '@azure/service-bus';
import { AynaError } from '@ayna/contract';

/** What a person must change; everything else the broker says is worth another try. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'MessagingEntityNotFound',
  'MessagingEntityDisabled',
  'UnauthorizedAccess',
  'MessageSizeExceeded',
]);

/**
 * The registry error of what the broker's client threw: `BrokerRejected` for what a person must
 * change, `BrokerUnavailable` for what time can heal.
 */
export function brokerFailure(error: unknown, what: string): AynaError {
  if (error instanceof AynaError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const rejected =
    (isServiceBusError(error) && REJECTIONS.has(error.code)) ||
    /\b(401|403)\b|Unauthorized/.test(detail);
  return new AynaError(rejected ? 'BrokerRejected' : 'BrokerUnavailable', `${what}: ${detail}`, {
    cause: error,
  });
}
