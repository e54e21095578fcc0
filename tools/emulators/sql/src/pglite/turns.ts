/** The right to use the backend: first come, first served, and held until it is given back. */
export class Turns {
  private holder: object | undefined;
  private readonly waiting: { readonly who: object; readonly start: () => void }[] = [];

  /** Resolves when it is the turn of `who`; at once when `who` holds it already. */
  take(who: object): Promise<void> {
    if (this.holder === who) return Promise.resolve();
    if (this.holder === undefined) {
      this.holder = who;
      return Promise.resolve();
    }
    return new Promise((start) => this.waiting.push({ who, start }));
  }

  holds(who: object): boolean {
    return this.holder === who;
  }

  /** Ends the turn of `who` and starts the next one. */
  give(who: object): void {
    if (this.holder !== who) return;
    const next = this.waiting.shift();
    this.holder = next?.who;
    next?.start();
  }
}
