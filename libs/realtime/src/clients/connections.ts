import { formatCursor } from '../log/cursor.ts';
import { changeFrame } from '../log/log-event.ts';
import type { LogRow, LogState } from '../log/realtime-log.ts';
import type { FanOut } from '../tail/fan-out.ts';
import type { ClientConnection } from './client-connection.ts';

/** Told what is pushed, for metrics. */
export interface PushEvents {
  /** A change went out to that many connections. */
  readonly pushed: (committedAtMs: number, connections: number) => void;
}

/**
 * The connections of this hub, by user, and how far the log has been pushed to them.
 *
 * Pushing never waits: what a socket does not take is bounded by the connection, which is closed
 * rather than waited for.
 */
export class Connections implements FanOut {
  readonly #byUser = new Map<string, Set<ClientConnection>>();
  readonly #all = new Set<ClientConnection>();
  readonly #events: PushEvents;
  #epoch: string;
  #position: number;

  constructor(from: LogState, events: PushEvents) {
    this.#epoch = from.epoch;
    this.#position = from.last;
    this.#events = events;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The last change that was pushed. */
  get position(): number {
    return this.#position;
  }

  get cursor(): string {
    return this.cursorAt(this.#position);
  }

  get size(): number {
    return this.#all.size;
  }

  get users(): number {
    return this.#byUser.size;
  }

  [Symbol.iterator](): Iterator<ClientConnection> {
    return this.#all.values();
  }

  cursorAt(sequence: number): string {
    return formatCursor({ epoch: this.#epoch, sequence });
  }

  /** Up to where a connection has been sent everything: what a quiet one has nothing of counts too. */
  cursorOf({ state, position }: ClientConnection): string {
    return this.cursorAt(state === 'replaying' ? position : Math.max(position, this.#position));
  }

  connectionsOf(userId: string): number {
    return this.#byUser.get(userId)?.size ?? 0;
  }

  add(connection: ClientConnection): void {
    this.#all.add(connection);
  }

  /** The connection is known to be a user's. */
  claim(connection: ClientConnection): void {
    const connections = this.#byUser.get(connection.userId) ?? new Set();
    connections.add(connection);
    this.#byUser.set(connection.userId, connections);
  }

  delete(connection: ClientConnection): void {
    this.#all.delete(connection);
    const connections = this.#byUser.get(connection.userId);
    connections?.delete(connection);
    if (connections?.size === 0) this.#byUser.delete(connection.userId);
  }

  push(rows: readonly LogRow[]): void {
    for (const row of rows) {
      this.#push(row);
      this.#position = row.sequence;
    }
  }

  reset(state: LogState, reason: 'expired' | 'unknown'): void {
    this.#epoch = state.epoch;
    this.#position = state.last;
    for (const connection of this.#all) {
      // One that is replaying finds out by itself.
      if (connection.state !== 'live') continue;
      connection.position = state.last;
      connection.send({ type: 'reset', reason, cursor: this.cursor });
    }
  }

  #push({ sequence, conversationId, audience, removed, late, frame, committedAtMs }: LogRow): void {
    let bytes: Buffer | undefined;
    let reached = 0;
    const cursor = this.cursorAt(sequence);
    for (const connection of this.#listening(audience, conversationId, sequence)) {
      bytes ??= Buffer.from(changeFrame(frame, cursor, late));
      connection.position = sequence;
      connection.sendText(bytes);
      reached += 1;
    }
    if (conversationId !== null) {
      for (const connection of this.#listening(removed, conversationId, sequence)) {
        connection.position = sequence;
        connection.delete(`conversation:${conversationId}`);
        connection.send({ type: 'removed', cursor, conversationId });
      }
    }
    this.#events.pushed(committedAtMs, reached);
  }

  *#listening(
    users: readonly string[],
    conversationId: string | null,
    sequence: number,
  ): Iterable<ClientConnection> {
    for (const user of users) {
      for (const connection of this.#byUser.get(user) ?? []) {
        if (connection.state !== 'live' || connection.position >= sequence) continue;
        if (connection.listensTo(conversationId)) yield connection;
      }
    }
  }
}
