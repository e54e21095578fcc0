import { entityDisabled } from './broker-error.ts';
import type { Clock } from './clock.ts';
import { createDuplicateHistory, type DuplicateHistory } from './duplicate-history.ts';
import { assertRoom } from './entity-quota.ts';
import { placementOf, type Journal } from './journal.ts';
import type { Entry, MessageContent } from './message.ts';
import type { Parcel, PlannedPut } from './parcel.ts';
import type { Queue } from './receiving-entity.ts';
import type { Topic } from './topic.ts';

/**
 * How messages come into a namespace: an arrival is planned as a whole (status, room, duplicates,
 * rules, forwarding), and nothing is put anywhere before the whole way is known to be open.
 */
export class Arrivals {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #sendable: (path: string) => Queue | Topic;
  readonly #histories = new Map<string, DuplicateHistory>();

  /** @param sendable - The queue or topic at a path. Throws `not-found`. */
  constructor(clock: Clock, journal: Journal, sendable: (path: string) => Queue | Topic) {
    this.#clock = clock;
    this.#journal = journal;
    this.#sendable = sendable;
  }

  /**
   * Sends messages to a queue or topic: all of them, or none. Returns the entries that were made.
   * Throws `not-found`, `entity-disabled` or `not-allowed`.
   */
  send(path: string, contents: readonly MessageContent[]): Entry[] {
    const planned: PlannedPut[][] = [];
    const remembered: string[] = [];
    try {
      for (const content of contents) {
        const puts: PlannedPut[] = [];
        if (this.#plan(path, { content, changes: undefined, hops: 0 }, puts)) {
          remembered.push(content.messageId);
        }
        planned.push(puts);
      }
    } catch (error) {
      // What was not taken may be sent again.
      for (const id of remembered) this.history(path).forget(id);
      throw error;
    }
    this.#writeSeen(path, remembered);
    return planned.flatMap((puts) => this.carryOut(puts));
  }

  /** Plans the arrival of a message that an entity sends on. Throws as `send` does. */
  plan(path: string, parcel: Parcel, puts: PlannedPut[]): void {
    if (this.#plan(path, parcel, puts)) this.#writeSeen(path, [parcel.content.messageId]);
  }

  /** Puts a message where it was planned to go. */
  carryOut(puts: readonly PlannedPut[]): Entry[] {
    const first = puts[0];
    if (!first) return [];
    const admitted = puts.map(({ store, admission }) => ({ store, entry: store.admit(admission) }));
    this.#journal.append({
      type: 'put',
      bytes: first.admission.content.bytes,
      placements: admitted.map(({ store, entry }) => placementOf(store.path, entry)),
    });
    for (const { store, entry } of admitted) store.offer(entry);
    return admitted.map(({ entry }) => entry);
  }

  /** The message ids that an entity has seen. */
  history(path: string): DuplicateHistory {
    const key = path.toLowerCase();
    let history = this.#histories.get(key);
    if (!history) this.#histories.set(key, (history = createDuplicateHistory()));
    return history;
  }

  histories(): Iterable<[path: string, history: DuplicateHistory]> {
    return this.#histories;
  }

  /** Forgets what an entity has seen, because it is removed. */
  forget(path: string): void {
    this.#histories.delete(path.toLowerCase());
  }

  /** Says whether the message's id was remembered by it. */
  #plan(path: string, parcel: Parcel, puts: PlannedPut[]): boolean {
    const entity = this.#sendable(path);
    const { description } = entity;
    if (description.status === 'Disabled' || description.status === 'SendDisabled') {
      throw entityDisabled(entity.path);
    }
    assertRoom(entity);
    entity.dates.accessedAtMs = this.#clock.now();
    if (!description.requiresDuplicateDetection || parcel.due) {
      entity.plan(parcel, puts);
      return false;
    }
    const history = this.history(entity.path);
    const { messageId } = parcel.content;
    const windowMs = description.duplicateDetectionHistoryTimeWindowMs;
    if (!history.admit(messageId, this.#clock.now(), windowMs)) return false;
    try {
      entity.plan(parcel, puts);
    } catch (error) {
      history.forget(messageId);
      throw error;
    }
    return true;
  }

  #writeSeen(path: string, ids: readonly string[]): void {
    if (ids.length === 0) return;
    const nowMs = this.#clock.now();
    this.#journal.append({ type: 'seen', path, ids: ids.map((id) => [id, nowMs] as const) });
  }
}
