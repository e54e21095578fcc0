import type { IssueListener } from '../issue.ts';
import type { ClientFlags, Feature } from '../ports/client-flags.ts';
import type { Clock } from '../ports/clock.ts';
import type { FirestorePort } from '../ports/firestore-port.ts';
import type { WatchedList } from './list-view.ts';
import { MirroredList, type MirroredListOptions, type ReadIntervals } from './mirrored-list.ts';
import { OwnWrites } from './own-writes.ts';
import { PhaseGate, type PhaseStatus } from './phase-gate.ts';
import type { PhaseLimits } from './phase-limits.ts';
import type { ListedRow, RowKind } from './row-kind.ts';

export interface ListHubOptions<Row extends ListedRow> {
  readonly feature: Feature;
  readonly kind: RowKind<Row>;
  readonly flags: ClientFlags;
  readonly firestore: FirestorePort;
  readonly clock: Clock;
  readonly limits: PhaseLimits;
  readonly intervals: ReadIntervals;
  readonly onIssue: IssueListener;
}

/** What differs between the lists of a feature. */
export type ListSource<Row extends ListedRow> = Pick<
  MirroredListOptions<Row>,
  'query' | 'readPage' | 'pageSize' | 'onView'
>;

/** The open lists of a feature, under one gate: what SQL is worth is learnt from all of them. */
export class ListHub<Row extends ListedRow> {
  readonly ownWrites: OwnWrites<Row>;
  readonly #options: ListHubOptions<Row>;
  readonly #gate: PhaseGate;
  readonly #lists = new Map<MirroredList<Row>, string>();
  readonly #unsubscribe: () => void;

  constructor(options: ListHubOptions<Row>) {
    const { clock, feature, flags, kind, limits, onIssue } = options;
    this.#options = options;
    this.ownWrites = new OwnWrites(kind, clock);
    this.#gate = new PhaseGate(
      limits,
      clock,
      () => flags.readPhase(feature),
      (change) => {
        onIssue({ kind: 'phaseChanged', feature, ...change });
        for (const list of this.#lists.keys()) list.phaseChanged();
      },
    );
    this.#unsubscribe = flags.subscribe(() => this.#gate.flagChanged());
  }

  status(): PhaseStatus {
    return this.#gate.status();
  }

  watch(source: ListSource<Row>): WatchedList {
    const { clock, feature, firestore, intervals, kind, limits, onIssue } = this.#options;
    const list = new MirroredList({
      ...source,
      ...{ clock, feature, firestore, intervals, kind, onIssue },
      driftGraceMs: limits.driftGraceMs,
      gate: this.#gate,
      ownWrites: this.ownWrites,
    });
    this.#lists.set(list, source.query.collection);
    return {
      loadMore: () => list.loadMore(),
      refresh: () => list.refresh(),
      close: () => {
        this.#lists.delete(list);
        list.close();
      },
    };
  }

  /** This user has written into a list. */
  ownWrite(collection: string): void {
    for (const list of this.#listsOf(collection)) list.ownWritesChanged();
  }

  /** A document of a list is known to be in SQL since a call that began then. */
  ensured(collection: string, key: string, begunAt: number): void {
    this.ownWrites.ensured(collection, key, begunAt);
    this.refresh(collection);
  }

  /** Reads the lists of a collection again at once. */
  refresh(collection: string): void {
    for (const list of this.#listsOf(collection)) list.refresh();
  }

  close(): void {
    this.#unsubscribe();
    for (const list of this.#lists.keys()) list.close();
    this.#lists.clear();
  }

  #listsOf(collection: string): MirroredList<Row>[] {
    return [...this.#lists].filter(([, of]) => of === collection).map(([list]) => list);
  }
}
