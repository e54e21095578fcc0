import type { MirrorChange, Outcome } from '@ayna/contract';
import { keyText } from '@ayna/mirror-model';

/**
 * Looks whether what the writers were told of one round can be: every change was answered by each;
 * none was applied twice; the last one of each document was applied once and known to the other
 * writer as a duplicate; and a duplicate is one of a version that was applied.
 *
 * @param told of each writer, an outcome for each change
 * @returns what cannot be, a sentence each
 */
export function accountRound(
  changes: readonly MirrorChange[],
  told: readonly (readonly (Outcome | undefined)[])[],
): string[] {
  const faults: string[] = [];
  const last = new Map(changes.map((change, at) => [keyText(change), at]));
  const appliedVersions = new Set<string>();
  const outcomesOf = (at: number) => told.map((outcomes) => outcomes[at]);
  for (const [at, change] of changes.entries()) {
    if (outcomesOf(at).includes('applied')) appliedVersions.add(versionText(change));
  }
  for (const [at, change] of changes.entries()) {
    const outcomes = outcomesOf(at);
    const says = `${change.eventId} of ${keyText(change)}: ${outcomes.map((outcome) => outcome ?? 'no answer').join(', ')}`;
    const applied = outcomes.filter((outcome) => outcome === 'applied').length;
    if (outcomes.includes(undefined)) faults.push(`not answered: ${says}`);
    else if (applied > 1) faults.push(`applied more than once: ${says}`);
    else if (last.get(keyText(change)) === at) {
      if (applied === 0 || outcomes.includes('stale')) faults.push(`the last change: ${says}`);
    } else if (outcomes.includes('duplicate') && !appliedVersions.has(versionText(change))) {
      faults.push(`a duplicate of nothing: ${says}`);
    }
  }
  return faults;
}

function versionText(change: MirrorChange): string {
  return `${keyText(change)}@${change.sourceVersion.toString()}`;
}
