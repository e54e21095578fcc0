/**
 * How long nothing may be heard of the broker before it is asked, in milliseconds. A shorter time
 * notices a receiver that has stopped earlier and asks an idle broker more often.
 */
export const DEFAULT_SILENCE_MS = 30_000;

/** A receiver that was replaced in vain is watched with more patience, up to so many times. */
const MAX_PATIENCE = 16;

export interface WatchdogOptions {
  /** @defaultValue 30,000 */
  readonly silenceMs: number;
  /**
   * Asks the broker whether it lives and whether there is something that should have come.
   * Resolves with what is wrong, undefined when nothing is. Must end by itself and never reject.
   */
  readonly ask: () => Promise<string | undefined>;
  /** Called with what is wrong. */
  readonly stalled: (why: string) => void;
}

/**
 * Notices a receiver that has silently stopped.
 *
 * Anything that comes from the broker is a sign of life. After `silenceMs` without any, it asks;
 * when the answer is bad or does not come, the receiver has stalled. What it asks for may lie there
 * because another writer has it locked; so each false alarm, after which again no message came,
 * doubles its patience.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #heardAt = performance.now();
  #patience = 1;
  #asking = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      void this.#look();
    }, options.silenceMs / 4);
    this.#timer.unref();
  }

  /** A sign of life. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  /** A message came: the best sign there is. */
  received(): void {
    this.#heardAt = performance.now();
    this.#patience = 1;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { silenceMs, ask, stalled } = this.#options;
    const silentFor = performance.now() - this.#heardAt;
    if (this.#asking || silentFor < silenceMs * this.#patience) return;
    this.#asking = true;
    const wrong = await ask();
    this.#asking = false;
    this.heard();
    if (wrong === undefined) return;
    this.#patience = Math.min(this.#patience * 2, MAX_PATIENCE);
    stalled(wrong);
  }
}
