import type { ClientFlags, Feature } from '../ports/client-flags.ts';
import type { Clock } from '../ports/clock.ts';
import type { RetryQueue } from '../queue/retry-queue.ts';
import type { EnsureCall } from '../queue/queued-call.ts';

/**
 * Writes to Firestore, and then brings what was written to SQL in the background, where the flag of
 * the feature says so. It takes as long as Firestore takes, and fails only when Firestore fails.
 */
export class DualWriter {
  readonly #flags: ClientFlags;
  readonly #queue: RetryQueue;
  readonly #clock: Clock;

  constructor(flags: ClientFlags, queue: RetryQueue, clock: Clock) {
    this.#flags = flags;
    this.#queue = queue;
    this.#clock = clock;
  }

  /**
   * For writes of your own: wrap them with the documents that they change.
   *
   * @example
   * await dualWriter.write('dm', () => setDoc(ref, message), [
   *   { name: 'sqlGatewayEnsureMessage', request: { conversationId, messageId } },
   * ]);
   */
  async write(
    feature: Feature,
    toFirestore: () => Promise<void>,
    calls: readonly EnsureCall[],
  ): Promise<void> {
    if (!this.#flags.doubleWrite(feature)) {
      await toFirestore();
      return;
    }
    // Stored before Firestore answers, so that the call is made even if the app is closed meanwhile.
    const intents = Promise.all(calls.map((call) => this.#queue.intend(call)));
    try {
      await toFirestore();
    } catch (error) {
      void intents.then((all) => all.map((intent) => intent.withdraw()));
      throw error;
    }
    const writtenAtMs = Math.max(0, Math.round(this.#clock.now()));
    void intents.then((all) => all.map((intent) => intent.confirm(writtenAtMs)));
  }
}
