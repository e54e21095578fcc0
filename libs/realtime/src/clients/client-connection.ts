import {
  closeCodes,
  type Channel,
  type CloseReason,
  type ServerFrame,
} from '@ayna/contract/realtime';
import type { WebSocket } from 'ws';

/** What a connection may take and when it ends. */
export interface ConnectionLimits {
  /** Bytes that may wait for a client that reads slowly. */
  readonly maxBufferedBytes: number;
}

/**
 * One client's WebSocket.
 *
 * States: *opening*, the client has yet to say who it is; *replaying*, it gets what it missed, page
 * by page, each when the one before has gone out; *live*, it gets changes as they are sequenced;
 * *closed*. In *live*, what the socket has not taken yet is bounded: a client that lets more gather
 * is closed as a slow consumer.
 */
export class ClientConnection {
  readonly #socket: WebSocket;
  readonly #limits: ConnectionLimits;
  readonly openedAtMs = performance.now();
  readonly #conversations = new Set<string>();
  #me = false;
  state: 'opening' | 'replaying' | 'live' | 'closed' = 'opening';
  userId = '';
  /** When the token runs out, in milliseconds since 1970. */
  expiresAtMs = Number.POSITIVE_INFINITY;
  /** The client was told that its token runs out. */
  warned = false;
  /** The place in the log up to which it has been sent everything. */
  position = 0;
  /** Why this side closed it. */
  closing: CloseReason | undefined;
  lastSentMs = performance.now();
  /** When it was last pinged. */
  askedAtMs = performance.now();
  /** It has answered since. */
  answered = true;

  constructor(socket: WebSocket, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#limits = limits;
  }

  get channels(): Channel[] {
    const conversations = [...this.#conversations].map((id): Channel => `conversation:${id}`);
    return this.#me ? ['me', ...conversations] : conversations;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  add(channel: Channel): void {
    if (channel === 'me') this.#me = true;
    else this.#conversations.add(conversationOf(channel));
  }

  delete(channel: Channel): void {
    if (channel === 'me') this.#me = false;
    else this.#conversations.delete(conversationOf(channel));
  }

  /** Whether it listens to a conversation, or, with null, to what is the user's own. */
  listensTo(conversationId: string | null): boolean {
    return this.#me || (conversationId !== null && this.#conversations.has(conversationId));
  }

  send(frame: ServerFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  /** Sends a frame that is text already; closes the connection when too much waits before it. */
  sendText(text: string | Buffer): void {
    if (this.state === 'closed') return;
    if (this.#socket.bufferedAmount + text.length > this.#limits.maxBufferedBytes) {
      this.close('slow-consumer');
      return;
    }
    this.lastSentMs = performance.now();
    this.#socket.send(text, { binary: false });
  }

  /** Sends a frame and resolves when the socket has taken it: then there is room for the next. */
  sendAndWait(text: string): Promise<void> {
    if (this.state === 'closed') return Promise.resolve();
    this.lastSentMs = performance.now();
    return new Promise((resolve) => {
      this.#socket.send(text, { binary: false }, () => {
        resolve();
      });
    });
  }

  ping(nowMs: number): void {
    this.answered = false;
    this.askedAtMs = nowMs;
    this.#socket.ping();
  }

  /** Closes it with the reason. Nothing is sent after that. */
  close(reason: CloseReason): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.closing = reason;
    this.#socket.close(closeCodes[reason], reason);
  }

  /** Ends it without a word: nobody is there, or nobody listens. */
  terminate(): void {
    this.state = 'closed';
    this.#socket.terminate();
  }
}

export function conversationOf(channel: Exclude<Channel, 'me'>): string {
  return channel.slice('conversation:'.length);
}
