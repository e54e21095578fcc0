/**
 * Takes items one by one, in their order, each when the work on the one before is done. Work that is
 * done at once is done before `put` returns.
 */
export class Inbox<Item> {
  readonly #work: (item: Item) => Promise<void> | void;
  readonly #items: Item[] = [];
  #isWorking = false;
  #atRest: (() => void)[] = [];

  /** @param work must not reject */
  constructor(work: (item: Item) => Promise<void> | void) {
    this.#work = work;
  }

  /** How many wait. */
  get size(): number {
    return this.#items.length;
  }

  put(item: Item): void {
    this.#items.push(item);
    if (!this.#isWorking) void this.#run();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#items.length = 0;
  }

  /** Resolves when nothing waits and nothing is under way. */
  rest(): Promise<void> {
    if (!this.#isWorking) return Promise.resolve();
    return new Promise((resolve) => this.#atRest.push(resolve));
  }

  async #run(): Promise<void> {
    this.#isWorking = true;
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
      const pending = this.#work(item);
      if (pending) await pending;
    }
    this.#isWorking = false;
    const resting = this.#atRest;
    this.#atRest = [];
    for (const resolve of resting) resolve();
  }
}
