import { entities } from '@ayna/contract';
import { fieldOf, type DeadLetter } from './dead-letter.ts';

/** Which dead letters are meant: those that fit everything that is given. */
export interface DeadLetterFilter {
  readonly sequenceNumbers?: ReadonlySet<bigint>;
  /** Any of these reasons, in any case. */
  readonly reasons?: readonly string[];
  /** Any of these event types, or prefixes of them: `dm.message` is `dm.message.create` too. */
  readonly types?: readonly string[];
  /**
   * A document path, the start of one (`conversations/c1`), or one identity value of the document
   * (`c1`, a message id, a user id).
   */
  readonly key?: string;
  /** Enqueued longer ago than this, in milliseconds. */
  readonly olderThanMs?: number;
  /** Enqueued less long ago than this, in milliseconds. */
  readonly youngerThanMs?: number;
}

/** The names of all identity fields there are. */
const IDENTITY_FIELDS: readonly string[] = [...new Set(entities.flatMap(({ key }) => key))];

/** True when a dead letter fits everything that the filter says. */
export function fits(filter: DeadLetterFilter, letter: DeadLetter, nowMs: number): boolean {
  const ageMs = nowMs - letter.enqueuedAt.getTime();
  return (
    (filter.sequenceNumbers?.has(letter.sequenceNumber) ?? true) &&
    (filter.reasons?.some((reason) => sameText(reason, letter.reason)) ?? true) &&
    (filter.types?.some((type) => isSameOrStart(type, letter.eventType, '.')) ?? true) &&
    (filter.key === undefined || hasKey(letter, filter.key)) &&
    (filter.olderThanMs === undefined || ageMs > filter.olderThanMs) &&
    (filter.youngerThanMs === undefined || ageMs < filter.youngerThanMs)
  );
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** `a.b` is the start of `a.b.c`, and not of `a.bc`. */
function isSameOrStart(start: string, text: string | undefined, separator: string): boolean {
  return text === start || (text?.startsWith(start + separator) ?? false);
}

function hasKey({ path, body }: DeadLetter, key: string): boolean {
  return (
    isSameOrStart(key.replace(/\/$/, ''), path, '/') ||
    (path?.split('/').some((segment, index) => index % 2 === 1 && segment === key) ?? false) ||
    IDENTITY_FIELDS.some((name) => fieldOf(body, name) === key)
  );
}
