import type { Channel, ClientFrame } from '@ayna/contract/realtime';

/** The hub takes no more of them on one connection; whoever wants more listens to `me`. */
const MAX_CHANNELS = 100;

/**
 * What the app wants to listen to, and what the hub was told on this connection. One question is out
 * at a time; whatever is wanted meanwhile is asked for together in the next.
 */
export class ChannelList {
  readonly #wanted: Set<Channel>;
  #told: Set<Channel> | undefined;
  #isAsking = false;

  constructor(channels: readonly Channel[]) {
    this.#wanted = new Set(channels);
    this.#check();
  }

  isEmpty(): boolean {
    return this.#wanted.size === 0;
  }

  /** @throws RangeError beyond a hundred; then nothing is added */
  add(channels: readonly Channel[]): void {
    const fresh = channels.filter((channel) => !this.#wanted.has(channel));
    for (const channel of fresh) this.#wanted.add(channel);
    try {
      this.#check();
    } catch (error) {
      this.drop(fresh);
      throw error;
    }
  }

  drop(channels: readonly Channel[]): void {
    for (const channel of channels) this.#wanted.delete(channel);
  }

  /** The hub has taken it off by itself. */
  lost(channel: Channel): void {
    this.#wanted.delete(channel);
    this.#told?.delete(channel);
  }

  /** The hub is about to be told all of them in an `open`. */
  open(): Channel[] {
    this.#told = new Set(this.#wanted);
    this.#isAsking = true;
    return [...this.#wanted];
  }

  /** The hub has answered the last question. */
  answered(): void {
    this.#isAsking = false;
  }

  closed(): void {
    this.#told = undefined;
  }

  /** What to ask the hub now, taken as asked; undefined when nothing has changed or an answer is still to come. */
  next(): ClientFrame | undefined {
    const told = this.#told;
    if (!told || this.#isAsking) return undefined;
    const missing = [...this.#wanted].filter((channel) => !told.has(channel));
    const beyond = [...told].filter((channel) => !this.#wanted.has(channel));
    // First less, then more: the hub counts what is listened to.
    if (beyond.length > 0) {
      for (const channel of beyond) told.delete(channel);
      this.#isAsking = true;
      return { type: 'unsubscribe', channels: beyond };
    }
    if (missing.length === 0) return undefined;
    for (const channel of missing) told.add(channel);
    this.#isAsking = true;
    return { type: 'subscribe', channels: missing };
  }

  #check(): void {
    if (this.#wanted.size > MAX_CHANNELS) {
      throw new RangeError(`a client listens to ${MAX_CHANNELS} channels at most; listen to "me"`);
    }
  }
}
