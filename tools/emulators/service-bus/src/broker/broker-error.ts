/**
 * Why the broker refuses something. The names follow Azure's exceptions; what they are called on the
 * wire is the business of `amqp/` and `admin/`.
 */
export type BrokerErrorCode =
  | 'already-exists'
  | 'decode-error'
  | 'entity-disabled'
  | 'invalid-argument'
  | 'message-lock-lost'
  | 'message-not-found'
  | 'not-allowed'
  | 'not-found'
  | 'not-implemented'
  | 'quota-exceeded'
  | 'session-cannot-be-locked'
  | 'session-lock-lost'
  | 'size-exceeded'
  | 'timeout'
  | 'unauthorized';

/** Thrown by every operation of the broker that is refused. */
export class BrokerError extends Error {
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string) {
    super(message);
    this.name = 'BrokerError';
    this.code = code;
  }
}

/** What Azure answers when there is no such entity; clients match on the text. */
export function entityNotFound(path: string): BrokerError {
  return new BrokerError(
    'not-found',
    `The messaging entity '${path}' could not be found. To know more visit https://aka.ms/sbResourceMgrExceptions.`,
  );
}

/** What Azure answers when an entity's status forbids what is asked. */
export function entityDisabled(path: string): BrokerError {
  return new BrokerError('entity-disabled', `Messaging entity '${path}' is currently disabled.`);
}

/** What Azure answers when a message is settled after its lock was lost. */
export function messageLockLost(): BrokerError {
  return new BrokerError(
    'message-lock-lost',
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  );
}

/** What Azure answers when a session is used after its lock was lost. */
export function sessionLockLost(sessionId: string): BrokerError {
  return new BrokerError(
    'session-lock-lost',
    `The session lock was lost. Request a new session receiver. Session: '${sessionId}'.`,
  );
}
