import type { Page, PageCursor } from '@ayna/contract/gateway';
import type { IssueListener } from '../issue.ts';
import { backoffMs } from '../queue/backoff.ts';
import type { Feature } from '../ports/client-flags.ts';
import type { Clock } from '../ports/clock.ts';
import type { DocumentsQuery, FirestorePort, ProjectedDocument } from '../ports/firestore-port.ts';
import { compareRows, type ListHead } from './compare-rows.ts';
import { DriftWatch } from './drift-watch.ts';
import type { ListView, WatchedList } from './list-view.ts';
import type { OwnWrites } from './own-writes.ts';
import type { PhaseGate } from './phase-gate.ts';
import { newestFirst, type ListedRow, type RowKind } from './row-kind.ts';
import { readHead } from './sql-head.ts';

/** How often SQL is read, in milliseconds. */
export interface ReadIntervals {
  /** While SQL is shown. @defaultValue 3000 */
  readonly pollMs: number;
  /** In phase A, where SQL is only compared. @defaultValue 30000 */
  readonly verifyMs: number;
  /** How often Firestore is read in phase B to compare. @defaultValue 60000 */
  readonly compareMs: number;
}

export const DEFAULT_READ_INTERVALS: ReadIntervals = {
  pollMs: 3_000,
  verifyMs: 30_000,
  compareMs: 60_000,
};

const MAX_POLL_MS = 30_000;

export interface MirroredListOptions<Row extends ListedRow> {
  readonly feature: Feature;
  readonly kind: RowKind<Row>;
  readonly query: Omit<DocumentsQuery, 'limit'>;
  readonly readPage: (limit: number, cursor: PageCursor | undefined) => Promise<Page<Row>>;
  readonly firestore: FirestorePort;
  readonly gate: PhaseGate;
  readonly ownWrites: OwnWrites<Row>;
  readonly clock: Clock;
  readonly intervals: ReadIntervals;
  readonly driftGraceMs: number;
  readonly pageSize: number;
  readonly onIssue: IssueListener;
  readonly onView: (view: ListView<Row>) => void;
}

/**
 * One list in the phase that holds. In A, Firestore is listened to and SQL is read now and then and
 * compared. In B, SQL is read again and again; while that fails, Firestore is listened to. In C
 * only SQL is read; what was read last stays when that fails. What is shown changes only when there
 * is something newer to show, so that no change of phase empties the screen.
 */
export class MirroredList<Row extends ListedRow> implements WatchedList {
  readonly #options: MirroredListOptions<Row>;
  readonly #drift: DriftWatch;
  #limit: number;
  #documents: readonly ProjectedDocument[] | undefined;
  #sql: ListHead<Row> | undefined;
  #sqlFailures = 0;
  #firestoreFails = false;
  #stopListening: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;
  #isReading = false;
  #readAgain = false;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: MirroredListOptions<Row>) {
    this.#options = options;
    this.#limit = options.pageSize;
    this.#drift = new DriftWatch(options.driftGraceMs);
    this.phaseChanged();
  }

  /** The gate's phase may be another one: connects to what it needs, and reads SQL. */
  phaseChanged(): void {
    this.#arrangeListening();
    this.refresh();
    this.#show();
  }

  refresh(): void {
    if (this.#isReading) this.#readAgain = true;
    else void this.#poll();
  }

  /** This user has written: shows it. */
  ownWritesChanged(): void {
    this.#show();
  }

  loadMore(): void {
    if (!this.#view()?.hasMore) return;
    this.#limit += this.#options.pageSize;
    if (this.#stopListening) {
      this.#stopListening();
      this.#stopListening = undefined;
      this.#arrangeListening();
    }
    this.refresh();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelPoll?.();
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #query(): DocumentsQuery {
    return { ...this.#options.query, limit: this.#limit };
  }

  #arrangeListening(): void {
    const { firestore, gate, onIssue } = this.#options;
    const isWanted = gate.phase === 'A' || (gate.phase === 'B' && this.#sqlFailures > 0);
    if (!isWanted || this.#isClosed) {
      // Until SQL has something to show, the documents on the screen stay fresh.
      if (gate.phase === 'B' && !this.#sql && !this.#isClosed) return;
      this.#stopListening?.();
      this.#stopListening = undefined;
      this.#documents = undefined;
    } else {
      this.#stopListening ??= firestore.listen(
        this.#query(),
        (documents) => {
          this.#documents = documents;
          this.#firestoreFails = false;
          this.#show();
        },
        (error) => {
          this.#firestoreFails = true;
          // The listener is dead; the next read of SQL tries again.
          this.#stopListening = undefined;
          onIssue({ kind: 'readFailed', source: 'firestore', error });
          this.#show();
        },
      );
    }
  }

  async #poll(): Promise<void> {
    const { clock, gate, ownWrites, query, onIssue } = this.#options;
    this.#cancelPoll?.();
    this.#isReading = true;
    this.#readAgain = false;
    const begunAt = clock.elapsed();
    try {
      const head = await readHead(
        this.#limit,
        this.#options.readPage,
        (milliseconds) => gate.answered(milliseconds),
        clock,
      );
      if (this.#isClosed) return;
      this.#sql = head;
      this.#sqlFailures = 0;
      ownWrites.seen(query.collection, head.rows, begunAt);
      await this.#compare(head);
    } catch (error) {
      if (this.#isClosed) return;
      this.#sqlFailures += 1;
      if (this.#sqlFailures === 1) onIssue({ kind: 'readFailed', source: 'sql', error });
      gate.failed();
    } finally {
      this.#isReading = false;
    }
    this.#arrangeListening();
    this.#show();
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    if (this.#isClosed || this.#isReading) return;
    this.#cancelPoll?.();
    const { clock, gate, intervals } = this.#options;
    const { wanted } = gate.status();
    const interval = wanted === 'A' ? intervals.verifyMs : intervals.pollMs;
    const pause =
      this.#sqlFailures === 0
        ? interval
        : backoffMs(
            { baseMs: interval, maxMs: Math.max(interval, MAX_POLL_MS) },
            this.#sqlFailures,
            1,
          );
    this.#cancelPoll = clock.after(this.#readAgain ? 0 : pause, () => void this.#poll());
  }

  async #compare(sql: ListHead<Row>): Promise<void> {
    const { clock, feature, firestore, gate, intervals, kind, onIssue } = this.#options;
    let documents = this.#documents;
    if (gate.phase === 'C') return;
    if (gate.phase === 'B') {
      if (clock.elapsed() - this.#comparedAt < intervals.compareMs) return;
      documents = await firestore.read(this.#query()).catch(() => undefined);
    }
    if (!documents || this.#isClosed) return;
    this.#comparedAt = clock.elapsed();
    const skipped = documents.filter(({ pending, mirrorable }) => pending || !mirrorable);
    const comparison = compareRows(
      kind,
      { rows: documents.map(kind.ofDocument), isWhole: documents.length < this.#limit },
      sql,
      new Set(skipped.map((document) => kind.keyOf(kind.ofDocument(document)))),
    );
    const drift = this.#drift.look(comparison, clock.elapsed());
    if (drift.keys.length > 0) onIssue({ kind: 'drift', feature, keys: drift.keys });
    // A difference is looked at again soon, not after the next interval.
    if (comparison.differences.size > drift.keys.length)
      this.#comparedAt = Number.NEGATIVE_INFINITY;
    gate.compared(drift.checked, drift.keys.length);
  }

  #show(): void {
    const view = this.#isClosed ? undefined : this.#view();
    if (view) this.#options.onView(view);
  }

  #view(): ListView<Row> | undefined {
    const { gate, kind, ownWrites, query } = this.#options;
    const { phase } = gate;
    const isSqlShown =
      this.#sql &&
      (phase === 'C' || (phase === 'B' && !(this.#sqlFailures > 0 && this.#documents)));
    if (isSqlShown && this.#sql) {
      const { rows, isWhole } = this.#sql;
      return {
        rows: ownWrites.merge(query.collection, rows),
        source: 'sql',
        phase,
        hasMore: !isWhole,
        isStale: this.#sqlFailures > 0,
      };
    }
    if (!this.#documents) return undefined;
    return {
      rows: this.#documents.map(kind.ofDocument).sort(newestFirst(kind)),
      source: 'firestore',
      phase,
      hasMore: this.#documents.length >= this.#limit,
      isStale: this.#firestoreFails,
    };
  }
}
