import { seededRandom, type Random } from '@ayna/processes';
import type { Fault, Injection } from './faults/fault.ts';

/** A fault with its time. */
export interface ScheduledFault extends Injection {
  /** After the start of the run. */
  readonly atMs: number;
  readonly fault: Fault;
}

const MEAN_GAP_MS = 4_000;
const FIRST_AT_MS = 1_500;

/**
 * Plans the faults of a run. The same seed and length give the same plan. All kinds come up before
 * any comes again; faults overlap, but never two on the same thing.
 */
export function planSchedule(
  faults: readonly Fault[],
  seed: number,
  lengthMs: number,
): ScheduledFault[] {
  const random = seededRandom(seed);
  const busyUntil = new Map<string, number>();
  const planned: ScheduledFault[] = [];
  let deck: Fault[] = [];
  const gap = () => Math.round(MEAN_GAP_MS * (0.25 + 1.5 * random.next()));
  for (let atMs = FIRST_AT_MS; atMs < lengthMs; atMs += gap()) {
    if (deck.length === 0) deck = shuffled(faults, random);
    const fault = deck.pop();
    if (!fault) break;
    const injection = fault.plan(random, lengthMs - atMs);
    // What it would happen to is still in the hands of another fault: its turn comes later.
    if ((busyUntil.get(injection.on) ?? 0) > atMs) {
      deck.unshift(fault);
      continue;
    }
    busyUntil.set(injection.on, atMs + injection.durationMs);
    planned.push({ ...injection, atMs, fault });
  }
  return planned;
}

function shuffled(faults: readonly Fault[], random: Random): Fault[] {
  return faults
    .map((fault) => ({ fault, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ fault }) => fault);
}
