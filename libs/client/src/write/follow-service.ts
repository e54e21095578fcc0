import type { Clock } from '../ports/clock.ts';
import { SERVER_TIME, type FirestorePort } from '../ports/firestore-port.ts';
import type { EnsureCall } from '../queue/queued-call.ts';
import type { OwnChange, OwnWrites } from '../read/own-writes.ts';
import type { FollowRow } from '../read/row-kind.ts';
import { followingOf } from '../read/sql-mirror-follow-repository.ts';
import type { DualWriter } from './dual-writer.ts';
import { isoMicros } from './iso-micros.ts';

export interface FollowServiceOptions {
  readonly userId: string;
  readonly firestore: FirestorePort;
  readonly writer: DualWriter;
  readonly ownWrites: OwnWrites<FollowRow>;
  readonly clock: Clock;
  /** This user has written into the list. */
  readonly onOwnWrite: (list: string) => void;
}

/**
 * Writes the follow edges of the user. Each method resolves when Firestore has committed, and
 * rejects when Firestore refuses; lists show the write at once.
 */
export class FollowService {
  readonly #options: FollowServiceOptions;

  constructor(options: FollowServiceOptions) {
    this.#options = options;
  }

  /** Follows somebody; to follow again begins anew. */
  async follow(targetId: string, edgeType = 'follow'): Promise<void> {
    const { clock, firestore, userId } = this.#options;
    const now = isoMicros(clock.now());
    const row: FollowRow = { userId, targetId, createdAt: now, updatedAt: now, edgeType };
    const fields = { createdAt: SERVER_TIME, updatedAt: SERVER_TIME, edgeType } as const;
    const path = this.#pathOf(targetId);
    await this.#write(targetId, { kind: 'set', row }, ['createdAt', 'updatedAt'], () =>
      firestore.commit([{ kind: 'set', path, fields }]),
    );
  }

  /** Follows somebody no longer. */
  async unfollow(targetId: string): Promise<void> {
    const { firestore } = this.#options;
    const path = this.#pathOf(targetId);
    await this.#write(targetId, { kind: 'delete' }, [], () =>
      firestore.commit([{ kind: 'delete', path }]),
    );
  }

  async #write(
    targetId: string,
    change: OwnChange<FollowRow>,
    guessed: readonly (keyof FollowRow)[],
    toFirestore: () => Promise<void>,
  ): Promise<void> {
    const { ownWrites, userId, writer, onOwnWrite } = this.#options;
    const list = followingOf(userId);
    const own = ownWrites.begin(list, targetId, change, guessed);
    onOwnWrite(list);
    const call: EnsureCall = { name: 'sqlGatewayEnsureFollow', request: { userId, targetId } };
    const committed = async () => {
      try {
        await toFirestore();
      } catch (error) {
        own.refused();
        onOwnWrite(list);
        throw error;
      }
      own.acknowledged();
    };
    await writer.write('follow', committed, [call]);
  }

  #pathOf(targetId: string): string {
    return `${followingOf(this.#options.userId)}/${targetId}`;
  }
}
