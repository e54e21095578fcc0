import type { Difference } from './difference.ts';
import { differenceKinds, type DifferenceKind } from './verdict.ts';

/** What was found in one entity, or in all. */
export interface Counts extends Readonly<Record<DifferenceKind, number>> {
  /** Different keys that had a document or a live row. */
  readonly checked: number;
  /** Keys that changed at every look: not known to be wrong, and not counted as drift. */
  readonly inFlight: number;
  /** Of the differences, those that publishing again cannot mend. */
  readonly unrepairable: number;
  /** Differences in percent of what was checked. */
  readonly driftPercent: number;
}

export interface EntityCheck extends Counts {
  readonly entity: string;
  /** The first differences. */
  readonly examples: readonly Difference[];
}

/** Counts while a check runs. */
export interface Tally {
  checked: number;
  inFlight: number;
  readonly entity: string;
  found(difference: Difference): void;
  result(): EntityCheck;
}

export function newTally(entity: string, maxExamples: number): Tally {
  const kinds = noDifferences();
  const examples: Difference[] = [];
  let unrepairable = 0;
  return {
    entity,
    checked: 0,
    inFlight: 0,
    found(difference) {
      kinds[difference.kind] += 1;
      if (difference.unrepairable !== null) unrepairable += 1;
      if (examples.length < maxExamples) examples.push(difference);
    },
    result() {
      const { checked, inFlight } = this;
      const driftPercent = percentOf(kinds, checked);
      return { entity, checked, ...kinds, inFlight, unrepairable, driftPercent, examples };
    },
  };
}

/** The counts of several entities together. */
export function totalOf(entities: readonly Counts[]): Counts {
  const sum = (name: keyof Counts) => entities.reduce((total, each) => total + each[name], 0);
  const kinds = noDifferences();
  for (const kind of differenceKinds) kinds[kind] = sum(kind);
  const checked = sum('checked');
  return {
    checked,
    ...kinds,
    inFlight: sum('inFlight'),
    unrepairable: sum('unrepairable'),
    driftPercent: percentOf(kinds, checked),
  };
}

function noDifferences(): Record<DifferenceKind, number> {
  return { missingInSql: 0, missingInFirestore: 0, stale: 0, different: 0 };
}

function percentOf(kinds: Readonly<Record<DifferenceKind, number>>, checked: number): number {
  const differences = differenceKinds.reduce((total, kind) => total + kinds[kind], 0);
  return checked === 0 ? 0 : (differences / checked) * 100;
}
