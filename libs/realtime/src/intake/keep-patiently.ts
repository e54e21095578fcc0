import type { AynaError } from '@ayna/contract';
import type { SqlGate } from '@ayna/platform';
import type { LogEvent } from '../log/log-event.ts';
import { logFailure } from '../log/log-failure.ts';
import type { RealtimeLog } from '../log/realtime-log.ts';
import type { Membership } from '../membership/membership-source.ts';

/** What a batch of messages says. */
interface Kept {
  readonly memberships: readonly Membership[];
  readonly events: readonly LogEvent[];
}

/**
 * Keeps a batch, however long the log is away. What the database refuses is halved until the culprit
 * stands alone, which is told and passed over.
 *
 * @returns how many changes were not kept before
 *
 * Rejects only when the gate's signal is aborted while the log cannot take work.
 */
export async function keepPatiently(
  { memberships, events }: Kept,
  log: Pick<RealtimeLog, 'append' | 'learn'>,
  gate: SqlGate,
  refused: (error: AynaError) => void,
): Promise<number> {
  const passage = gate.passage();
  const patiently = async (work: () => Promise<number>): Promise<number | AynaError> => {
    await passage.enter();
    for (;;) {
      try {
        const result = await work();
        passage.answered();
        return result;
      } catch (error) {
        const failure = logFailure(error);
        if (failure.code === 'SqlRejected') {
          passage.answered();
          return failure;
        }
        await passage.refused(failure);
      }
    }
  };
  const keep = async (part: readonly LogEvent[]): Promise<number> => {
    if (part.length === 0) return 0;
    const added = await patiently(() => log.append(part));
    if (typeof added === 'number') return added;
    if (part.length === 1) {
      refused(added);
      return 0;
    }
    const half = Math.ceil(part.length / 2);
    return (await keep(part.slice(0, half))) + (await keep(part.slice(half)));
  };
  if (memberships.length > 0) {
    await patiently(() => log.learn(memberships).then(() => 0));
  }
  return keep(events);
}
