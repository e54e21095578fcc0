/** Takes items in order, or at random from the first `window` of those waiting. */
export class DeliveryQueue<T> {
  #items: T[] = [];
  #head = 0;
  window = 1;
  random: () => number = Math.random;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  take(): T | undefined {
    const first = this.#items[this.#head];
    if (first === undefined) return undefined;
    const reach = Math.min(this.window, this.length);
    const at = this.#head + Math.floor(this.random() * reach);
    const taken = this.#items[at];
    this.#items[at] = first;
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
