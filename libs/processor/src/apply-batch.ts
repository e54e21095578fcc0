import type { Context } from '@opentelemetry/api';
import { AynaError, type MirrorChange, type Outcome } from '@ayna/contract';
import type { SqlGate } from '@ayna/platform';
import type { MirrorStore } from '@ayna/sql-gateway';

/** What became of one change: the store's outcome, or the reason why it can never be applied. */
export type Verdict =
  | { readonly kind: 'committed'; readonly outcome: Outcome }
  | { readonly kind: 'rejected'; readonly error: AynaError };

/**
 * Applies changes, whatever it takes.
 *
 * When the store refuses the data itself, the batch is halved until the culprits stand alone; their
 * neighbours commit. A failure that time can heal is waited out at the gate, however long it lasts,
 * and tried again with half of the changes: a database that was not equal to all of them may be
 * equal to some. What goes through doubles the next part.
 *
 * @param contexts the trace of each change, as `MirrorStore.apply` takes them
 * @returns the verdicts in the order of the changes
 *
 * Rejects only when the gate's signal is aborted while the store cannot take work.
 */
export async function applyBatch(
  changes: readonly MirrorChange[],
  store: Pick<MirrorStore, 'apply'>,
  gate: SqlGate,
  contexts?: readonly Context[],
): Promise<Verdict[]> {
  const passage = gate.passage();
  const verdicts: Verdict[] = [];
  let size = changes.length;
  await passage.enter();
  while (verdicts.length < changes.length) {
    const [from, to] = [verdicts.length, verdicts.length + size];
    const part = changes.slice(from, to);
    try {
      const outcomes = await store.apply(part, contexts?.slice(from, to));
      passage.answered();
      for (const outcome of outcomes) verdicts.push({ kind: 'committed', outcome });
      size *= 2;
    } catch (error) {
      const failure = storeFailure(error);
      if (failure.code !== 'SqlRejected') {
        await passage.refused(failure);
        size = Math.ceil(part.length / 2);
        continue;
      }
      passage.answered();
      if (part.length === 1) verdicts.push({ kind: 'rejected', error: failure });
      else size = Math.ceil(part.length / 2);
    }
  }
  return verdicts;
}

/** A failure without a code is a bug or a driver's surprise; both are waited out, never dead-lettered. */
function storeFailure(error: unknown): AynaError {
  if (error instanceof AynaError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AynaError('SqlUnavailable', message, { cause: error });
}
