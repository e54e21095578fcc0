import type { KeyValueStorage } from '../ports/key-value-storage.ts';
import type { RealtimeIssueListener } from './realtime-issue.ts';

/** The hub's cursors are no longer. */
const MAX_CURSOR = 64;

/**
 * The place up to which everything was delivered, on the device. One write is on its way at a time,
 * and the next one takes the newest place: a stream of changes is not a stream of writes. Nothing
 * here rejects.
 */
export class CursorStore {
  readonly #storage: KeyValueStorage;
  readonly #key: string;
  readonly #onIssue: RealtimeIssueListener;
  #cursor: string | undefined;
  #stored: string | undefined;
  #isWriting = false;
  #hasFailed = false;

  constructor(storage: KeyValueStorage, userId: string, onIssue: RealtimeIssueListener) {
    this.#storage = storage;
    this.#key = `ayna.realtime.${userId}/cursor`;
    this.#onIssue = onIssue;
  }

  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** Reads what the last page or run of the app has left. */
  async load(): Promise<void> {
    try {
      const found = await this.#storage.getItem(this.#key);
      // What is damaged but short is answered with a reset; a frame that is too large, with an end.
      if (found !== null && found.length > 0 && found.length <= MAX_CURSOR) this.#stored = found;
    } catch (error) {
      this.#failed(error);
    }
    this.#cursor ??= this.#stored;
  }

  moveTo(cursor: string): void {
    this.#cursor = cursor;
    if (!this.#isWriting) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#cursor !== undefined && this.#cursor !== this.#stored) {
      const cursor = this.#cursor;
      try {
        await this.#storage.setItem(this.#key, cursor);
        this.#stored = cursor;
        this.#hasFailed = false;
      } catch (error) {
        this.#failed(error);
        // The next move tries again.
        break;
      }
    }
    this.#isWriting = false;
  }

  #failed(error: unknown): void {
    if (!this.#hasFailed) this.#onIssue({ kind: 'storageFailed', error });
    this.#hasFailed = true;
  }
}
