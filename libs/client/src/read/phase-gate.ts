import type { PhaseReason } from '../issue.ts';
import { percentile } from '../latency/percentile.ts';
import type { ReadPhase } from '../ports/client-flags.ts';
import type { Clock } from '../ports/clock.ts';
import type { PhaseLimits } from './phase-limits.ts';

const PHASES: readonly ReadPhase[] = ['A', 'B', 'C'];
/** Reads and looks that are remembered. */
const WINDOW = 40;

/** What a gate knows, for a page that shows it. */
export interface PhaseStatus {
  /** What the flag says. */
  readonly wanted: ReadPhase;
  /** What holds: `wanted`, or below it. */
  readonly phase: ReadPhase;
  /** Why it is below. */
  readonly fallenBecause: PhaseReason | undefined;
  readonly p95Ms: number;
  readonly reads: number;
  /** From 0 to 1. */
  readonly drift: number;
  readonly compared: number;
}

export interface PhaseChange {
  readonly from: ReadPhase;
  readonly to: ReadPhase;
  readonly reason: PhaseReason;
}

/**
 * Decides which phase holds: the flag's, or a lower one while SQL is slow, away or wrong.
 *
 * It is **open** (the flag's phase holds) or **fallen** below some phase. A limit that is passed
 * makes it fall by one phase, at once; then its memory begins anew. After the hold, and so many good
 * reads one after the other below the lower limits, it climbs by one phase. The hold doubles with
 * each fall and is forgotten after a long time without one, so that it does not swing to and fro.
 * Phase A needs no SQL and never falls.
 */
export class PhaseGate {
  readonly #limits: PhaseLimits;
  readonly #clock: Clock;
  readonly #flag: () => ReadPhase;
  readonly #onChange: (change: PhaseChange) => void;
  #ceiling = PHASES.length - 1;
  #reported: number;
  #fallenBecause: PhaseReason | undefined;
  #latencies: number[] = [];
  #looks: { checked: number; drifted: number }[] = [];
  #failures = 0;
  #goodReads = 0;
  #holdMs: number;
  #fellAt = Number.NEGATIVE_INFINITY;

  constructor(
    limits: PhaseLimits,
    clock: Clock,
    flag: () => ReadPhase,
    onChange: (change: PhaseChange) => void,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#flag = flag;
    this.#onChange = onChange;
    this.#holdMs = limits.holdMs;
    this.#reported = this.#effective();
  }

  get phase(): ReadPhase {
    return PHASES[this.#effective()] ?? 'A';
  }

  status(): PhaseStatus {
    return {
      wanted: this.#flag(),
      phase: this.phase,
      fallenBecause: this.#effective() < this.#wanted() ? this.#fallenBecause : undefined,
      p95Ms: percentile(this.#latencies, 95),
      reads: this.#latencies.length,
      drift: this.#drift(),
      compared: this.#looks.reduce((sum, { checked }) => sum + checked, 0),
    };
  }

  /** The flag may have another value. */
  flagChanged(): void {
    this.#report('flag');
  }

  /** A read of SQL was answered after so many milliseconds. */
  answered(milliseconds: number): void {
    this.#failures = 0;
    this.#latencies = [...this.#latencies, milliseconds].slice(-WINDOW);
    const isGood = milliseconds < this.#limits.recoverP95Ms;
    this.#goodReads = isGood ? this.#goodReads + 1 : this.#tolerated();
    const isSlow = percentile(this.#latencies, 95) > this.#limits.maxP95Ms;
    if (isSlow && this.#latencies.length >= this.#limits.minReads) this.#fall('latency');
    this.#climb();
  }

  /** A read of SQL failed. */
  failed(): void {
    this.#failures += 1;
    this.#goodReads = 0;
    if (this.#failures >= this.#limits.maxFailures) this.#fall('failures');
  }

  /** So many rows were compared, and so many of them differ for longer than a change may take. */
  compared(checked: number, drifted: number): void {
    this.#looks = [...this.#looks, { checked, drifted }].slice(-WINDOW);
    if (this.#drift() > this.#limits.maxDrift) this.#fall('drift');
  }

  /** A slow read in twenty is within a P95; more of them begin the count anew. */
  #tolerated(): number {
    return percentile(this.#latencies, 95) < this.#limits.recoverP95Ms ? this.#goodReads : 0;
  }

  #fall(reason: PhaseReason): void {
    const from = this.#effective();
    if (from === 0) {
      // What recovers must be good from here on.
      this.#goodReads = 0;
      return;
    }
    const now = this.#clock.elapsed();
    const isCalm = now - this.#fellAt > 10 * this.#holdMs;
    this.#holdMs = isCalm
      ? this.#limits.holdMs
      : Math.min(this.#limits.maxHoldMs, this.#holdMs * 2);
    this.#fellAt = now;
    this.#ceiling = from - 1;
    this.#fallenBecause = reason;
    this.#forget();
    this.#report(reason);
  }

  #climb(): void {
    if (this.#ceiling === PHASES.length - 1) return;
    const { recoverReads, recoverP95Ms, recoverDrift } = this.#limits;
    const isHeld = this.#clock.elapsed() - this.#fellAt < this.#holdMs;
    if (isHeld || this.#goodReads < recoverReads) return;
    if (percentile(this.#latencies, 95) >= recoverP95Ms || this.#drift() >= recoverDrift) return;
    this.#ceiling += 1;
    this.#forget();
    this.#report('recovered');
  }

  #forget(): void {
    this.#latencies = [];
    this.#looks = [];
    this.#failures = 0;
    this.#goodReads = 0;
  }

  #drift(): number {
    const checked = this.#looks.reduce((sum, look) => sum + look.checked, 0);
    const drifted = this.#looks.reduce((sum, look) => sum + look.drifted, 0);
    return checked === 0 ? 0 : drifted / checked;
  }

  #wanted(): number {
    return PHASES.indexOf(this.#flag());
  }

  #effective(): number {
    return Math.min(this.#wanted(), this.#ceiling);
  }

  #report(reason: PhaseReason): void {
    const [from, to] = [this.#reported, this.#effective()];
    if (from === to) return;
    this.#reported = to;
    this.#onChange({ from: PHASES[from] ?? 'A', to: PHASES[to] ?? 'A', reason });
  }
}
