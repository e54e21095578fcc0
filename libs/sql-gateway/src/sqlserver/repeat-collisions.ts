import { AynaError } from '@ayna/contract';
import { channel } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import { COLLISION_CHANNEL } from '../store/collision-channel.ts';
import { SqlServerError } from './sql-server-error.ts';

/**
 * What a call meets that lost against another writer, all of it undone: the victim of a deadlock
 * (1205), a key that the other has just inserted (2627, 2601), and a row that it has just changed
 * (51205, of our procedures). Where locks hold as the procedures ask for them, only deadlocks with
 * others than writers are left.
 */
const COLLISIONS: ReadonlySet<number> = new Set([1205, 2627, 2601, 51_205]);

const collisions = channel(COLLISION_CHANNEL);
const ATTEMPTS = 30;
const PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/**
 * Repeats a call that collided with another writer, after a pause that grows and is not the same for
 * both.
 *
 * @throws AynaError `SqlUnavailable` when it still collides after 30 attempts
 */
export async function repeatCollisions<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof SqlServerError) || !COLLISIONS.has(error.number ?? 0)) throw error;
      collisions.publish({ number: error.number });
      if (attempt === ATTEMPTS) {
        throw new AynaError(
          'SqlUnavailable',
          `another writer changed the same rows ${ATTEMPTS} times in a row`,
          { cause: error },
        );
      }
    }
    await pause(Math.random() * Math.min(PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
  }
}
