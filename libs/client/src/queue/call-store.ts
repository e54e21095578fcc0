import type { IssueListener } from '../issue.ts';
import type { KeyValueStorage } from '../ports/key-value-storage.ts';
import { parseQueuedCall, type QueuedCall } from './queued-call.ts';

/**
 * The queued calls on the device, one key each: putting or removing one is a single step, so that a
 * crash or another tab at any moment leaves each call either there or not. What the storage does not
 * take is kept in memory. Nothing here rejects.
 */
export class CallStore {
  readonly #storage: KeyValueStorage;
  readonly #prefix: string;
  readonly #onIssue: IssueListener;
  readonly #inMemory = new Map<string, QueuedCall>();
  /** What was read of the storage, by id: only this tab changes a call, so it is read once. */
  #known = new Map<string, QueuedCall>();
  /** Removed; a load that began before may still have found them. */
  readonly #removed = new Set<string>();
  /** Those of them that the storage would not let go. */
  readonly #undead = new Set<string>();

  constructor(storage: KeyValueStorage, prefix: string, onIssue: IssueListener) {
    this.#storage = storage;
    this.#prefix = prefix;
    this.#onIssue = onIssue;
  }

  /** All of them, in the order of their ids. */
  async load(): Promise<QueuedCall[]> {
    const stored = new Map<string, QueuedCall>();
    try {
      for (const key of await this.#storage.getAllKeys()) {
        if (!key.startsWith(this.#prefix)) continue;
        const call = this.#known.get(key.slice(this.#prefix.length)) ?? (await this.#read(key));
        if (call) stored.set(call.id, call);
      }
      this.#known = stored;
    } catch (error) {
      this.#onIssue({ kind: 'storageFailed', error });
    }
    return [...new Map([...stored, ...this.#inMemory]).values()]
      .filter(({ id }) => !this.#removed.has(id))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Whether the storage lacks something that is here, or holds something that is not. */
  get isBehind(): boolean {
    return this.#inMemory.size > 0 || this.#undead.size > 0;
  }

  /** Tries again what the storage refused. */
  async catchUp(): Promise<void> {
    for (const call of [...this.#inMemory.values()]) await this.put(call);
    for (const id of [...this.#undead]) await this.remove(id);
  }

  async put(call: QueuedCall): Promise<void> {
    this.#removed.delete(call.id);
    this.#undead.delete(call.id);
    // It is there from now on, also for a load that comes before the storage has it.
    this.#inMemory.set(call.id, call);
    try {
      await this.#storage.setItem(this.#keyOf(call.id), JSON.stringify(call));
      this.#known.set(call.id, call);
      if (this.#inMemory.get(call.id) === call) this.#inMemory.delete(call.id);
    } catch (error) {
      this.#onIssue({ kind: 'storageFailed', error });
    }
  }

  async remove(id: string): Promise<void> {
    this.#inMemory.delete(id);
    this.#known.delete(id);
    this.#removed.add(id);
    try {
      await this.#storage.removeItem(this.#keyOf(id));
      this.#undead.delete(id);
    } catch (error) {
      this.#undead.add(id);
      this.#onIssue({ kind: 'storageFailed', error });
    }
  }

  async #read(key: string): Promise<QueuedCall | undefined> {
    const text = await this.#storage.getItem(key);
    // Another tab may have removed it.
    if (text === null) return undefined;
    const call = parseQueuedCall(text);
    if (call && key === this.#keyOf(call.id)) return call;
    await this.#storage.removeItem(key);
    this.#onIssue({ kind: 'writeDropped', call: key, reason: 'unreadable' });
    return undefined;
  }

  #keyOf(id: string): string {
    return `${this.#prefix}${id}`;
  }
}
