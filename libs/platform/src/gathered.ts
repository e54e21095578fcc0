/** Gathers what happens often into one report now and then. */
export class Gathered<T> {
  readonly #everyMs: number;
  readonly #tell: (first: T, count: number) => void;
  #count = 0;

  /** @param tell is called with the first of them and how many there were */
  constructor(everyMs: number, tell: (first: T, count: number) => void) {
    this.#everyMs = everyMs;
    this.#tell = tell;
  }

  report(item: T): void {
    this.#count += 1;
    if (this.#count > 1) return;
    setTimeout(() => {
      const count = this.#count;
      this.#count = 0;
      this.#tell(item, count);
    }, this.#everyMs);
  }
}
