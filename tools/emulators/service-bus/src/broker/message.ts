/**
 * The words of the broker.
 *
 * - **Content**: a message as its sender wrote it. Its bytes never change and are shared by every
 *   queue that holds it.
 * - **Entry**: a content in one queue (or subscription, or dead-letter queue), with all that differs
 *   from queue to queue: number, delivery count, lock, changes.
 * - **Changes**: properties that a rule action, an abandon, a deferral or a dead-lettering set; they lie
 *   over the content and are written into the bytes only at delivery.
 * - **Lock**: the right of one receiver to settle an entry, until a time.
 */

/** A value of a property, as filters compare it and as it is written to the wire. */
export type PropertyValue =
  string | number | bigint | boolean | Date | Buffer | null | undefined | PropertyValue[];

/** The system properties that a rule may read (`sys.`), by their names in lower case. */
export type SystemProperty =
  | 'messageid'
  | 'correlationid'
  | 'label'
  | 'to'
  | 'replyto'
  | 'sessionid'
  | 'replytosessionid'
  | 'contenttype'
  | 'timetolive'
  | 'scheduledenqueuetimeutc'
  | 'enqueuedtimeutc'
  | 'sequencenumber'
  | 'enqueuedsequencenumber'
  | 'partitionkey'
  | 'viapartitionkey';

/** A message as it was sent. Made by the layer that knows the encoding. */
export interface MessageContent {
  readonly bytes: Buffer;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly timeToLiveMs: number | undefined;
  /** Held back until then, in milliseconds since the epoch. */
  readonly scheduledForMs: number | undefined;
  /** Decodes on every call: filters ask rarely. */
  systemProperty(name: SystemProperty): PropertyValue;
  applicationProperties(): ReadonlyMap<string, PropertyValue>;
}

/** Turns stored bytes into a content again. Throws a `decode-error` when they are no message. */
export type ContentParser = (bytes: Buffer) => MessageContent;

/** What lies over a content. `undefined` as an application property removes it. */
export interface MessageChanges {
  readonly application: ReadonlyMap<string, PropertyValue>;
  readonly system: ReadonlyMap<SystemProperty, PropertyValue>;
}

/** Lays newer changes over older ones. */
export function mergeChanges(
  older: MessageChanges | undefined,
  newer: MessageChanges | undefined,
): MessageChanges | undefined {
  if (!older) return newer;
  if (!newer) return older;
  return {
    application: new Map([...older.application, ...newer.application]),
    system: new Map([...older.system, ...newer.system]),
  };
}

/** Changes of application properties alone; none when there is nothing to change. */
export function applicationChanges(
  properties: Iterable<readonly [string, PropertyValue]>,
): MessageChanges | undefined {
  const application = new Map(properties);
  return application.size === 0 ? undefined : { application, system: new Map() };
}

/**
 * What an entry is doing.
 *
 * - `active`: waits for a receiver. Goes to `locked` (peek-lock) or `gone` (receive-and-delete, expiry).
 * - `locked`: a receiver has it. Completed: `gone`; abandoned or lock expired: `active`, or `gone` into
 *   the dead-letter queue when its deliveries are used up; deferred: `deferred`; dead-lettered: `gone`.
 * - `deferred`: waits to be asked for by number; then `locked` or `gone`. A deferred entry that is
 *   abandoned or whose lock expires is `deferred` again.
 * - `scheduled`: waits for its time; then `gone`, and enqueued anew under a new number.
 * - `gone`: no longer in this queue.
 */
type EntryState = 'active' | 'locked' | 'deferred' | 'scheduled' | 'gone';

/** A message in one queue. */
export interface Entry {
  readonly sequence: number;
  readonly enqueuedSequence: number;
  readonly content: MessageContent;
  readonly enqueuedAtMs: number;
  /** `Infinity` when it never expires. */
  readonly expiresAtMs: number;
  readonly sessionId: string | undefined;
  readonly deadLetterSource: string | undefined;
  state: EntryState;
  deliveryCount: number;
  changes: MessageChanges | undefined;
  /** Whether it is deferred when nobody has it locked. */
  deferred: boolean;
  lock: Lock | undefined;
}

/** The right to settle an entry. */
export interface Lock {
  readonly id: number;
  readonly entry: Entry;
  untilMs: number;
}
