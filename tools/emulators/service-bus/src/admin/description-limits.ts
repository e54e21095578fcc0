import { BrokerError } from '../broker/broker-error.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The smallest and largest value of each setting ("Service Bus quotas" and the entities' own pages). */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  lockDurationMs: [1, 5 * MINUTE_MS],
  maxDeliveryCount: [1, 2000],
  defaultMessageTimeToLiveMs: [1, Infinity],
  autoDeleteOnIdleMs: [5 * MINUTE_MS, Infinity],
  duplicateDetectionHistoryTimeWindowMs: [20 * SECOND_MS, 7 * DAY_MS],
  maxMessageSizeInKilobytes: [1024, 102_400],
};
const MAX_METADATA_LENGTH = 1024;

/** The longest names: paths of queues and topics, and names of subscriptions and rules. */
export const MAX_PATH_LENGTH = 260;
export const MAX_NAME_LENGTH = 50;

/**
 * Throws `invalid-argument` for settings that Azure does not take. Entities made in code, for tests, may
 * have shorter times than that: only the administration API is as strict as Azure.
 */
export function assertWithinLimits(path: string, settings: object): void {
  const given = settings as Readonly<Record<string, unknown>>;
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value === 'number' && value >= least && value <= most) continue;
    throw new BrokerError('invalid-argument', `The value of '${name}' is out of its range.`);
  }
  const { userMetadata } = given;
  if (typeof userMetadata === 'string' && userMetadata.length > MAX_METADATA_LENGTH) {
    throw new BrokerError('invalid-argument', "The value of 'userMetadata' is too long.");
  }
  for (const name of ['forwardTo', 'forwardDeadLetteredMessagesTo']) {
    const target = given[name];
    if (typeof target === 'string' && target.toLowerCase() === path.toLowerCase()) {
      throw new BrokerError('invalid-argument', `'${path}' cannot forward to itself.`);
    }
  }
}

/** Throws `invalid-argument` for a name that is empty or too long. */
export function assertName(name: string, maxLength: number): void {
  if (name.length > 0 && name.length <= maxLength) return;
  throw new BrokerError('invalid-argument', `A name has 1 to ${maxLength} characters: '${name}'.`);
}
