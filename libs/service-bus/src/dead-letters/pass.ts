import { setTimeout as delay } from 'node:timers/promises';
import type { DeadLetter } from './dead-letter.ts';
import { lettersInHand, type LetterInHand } from './letters-in-hand.ts';
import { peekLetters, type LetterPlace } from './peek-letters.ts';

/** What is to be done with the letters of a pass. */
export interface LetterWork {
  /** How many letters `act` is given at once. */
  readonly chunkSize: number;
  /**
   * Does all that must be done before letters are completed, and resolves with those that may be;
   * the others are left alone for the rest of the run. A letter that may be completed is given
   * once in a run. When it rejects, the pass ends and nothing of the chunk is completed.
   */
  act(letters: readonly DeadLetter[], signal: AbortSignal): Promise<readonly DeadLetter[]>;
  /** Told of each letter that is done and gone. */
  completed(letter: DeadLetter): void;
}

export interface PassOptions {
  readonly place: LetterPlace;
  /** The numbers of the letters to work on. */
  readonly wanted: ReadonlySet<bigint>;
  /** The numbers of all letters that are known to lie at and before the wanted ones. */
  readonly known: ReadonlySet<bigint>;
  readonly work: LetterWork;
  readonly signal: AbortSignal;
  /** How long to wait for wanted letters that somebody else has locked, in milliseconds. */
  readonly patienceMs: number;
  /** Told, once a round, how many wanted letters somebody else has locked. */
  readonly onWait: (locked: number) => void;
}

/** How the wanted letters of a pass ended, beside those that were completed. */
export interface PassEnd {
  /** Gone without our doing: somebody else handled them. */
  readonly gone: number;
  /** Still there, locked by somebody else for longer than we waited; or left when interrupted. */
  readonly left: number;
}

const TAKE_AT_MOST = 500;
const TAKE_WAIT_MS = 2_000;
const SECOND_ROUND_MS = 2_000;

/**
 * Receives dead letters until all wanted ones are done.
 *
 * The broker hands out the oldest letter that nobody has locked, whichever that is. So a *round*
 * locks letter after letter, works on the wanted ones, and keeps the others locked, or they would
 * come again and again; at its end it gives them back as they were. A round ends when the wanted
 * letters are done, or when nothing known comes any more: somebody else has handled the rest, or
 * has it locked (another operator, or a run that was killed). Then the next round follows, each
 * more patient than the last by a random amount, so that two operators who hold each other's
 * letters get past each other, until so much as `patienceMs` was spent on waiting in vain.
 */
export async function runPass(options: PassOptions): Promise<PassEnd> {
  const { place, signal, patienceMs, work } = options;
  const remaining = new Set(options.wanted);
  const acted = new Set<bigint>();
  let gone = 0;
  let waitedMs = 0;
  for (let roundMs = 0; ; roundMs = Math.max(SECOND_ROUND_MS, roundMs * 2)) {
    const before = remaining.size;
    const idleMs = await runRound(options, work, remaining, acted, roundMs * (1 + Math.random()));
    waitedMs = remaining.size < before ? 0 : waitedMs + idleMs;
    if (remaining.size === 0 || signal.aborted) break;
    gone += await forgetGone(place, remaining);
    if (remaining.size === 0 || waitedMs >= patienceMs) break;
    options.onWait(remaining.size);
    await delay(Math.random() * TAKE_WAIT_MS, undefined, { signal }).catch(() => undefined);
  }
  return { gone, left: remaining.size };
}

/** Resolves with the milliseconds for which it waited and nothing known came. */
async function runRound(
  { place, known, signal, patienceMs }: PassOptions,
  work: LetterWork,
  remaining: Set<bigint>,
  acted: Set<bigint>,
  roundMs: number,
): Promise<number> {
  const hand = lettersInHand(place);
  const unseen = new Set(known);
  let idleMs = 0;
  try {
    while (remaining.size > 0 && !signal.aborted) {
      const max = Math.min(TAKE_AT_MOST, Math.max(unseen.size, 1));
      const startMs = Date.now();
      const taken = await hand.take(max, Math.min(TAKE_WAIT_MS, patienceMs));
      // What arrived after the letters were looked through, or comes again, is no news.
      const news = taken.filter(({ letter }) => unseen.delete(letter.sequenceNumber)).length;
      idleMs = news > 0 ? 0 : idleMs + Date.now() - startMs;
      const wanted = taken.filter(({ letter }) => remaining.has(letter.sequenceNumber));
      for (let start = 0; start < wanted.length && !isAborted(signal); start += work.chunkSize) {
        const chunk = wanted.slice(start, start + work.chunkSize);
        const ready = await actOnce(chunk, work, acted, signal);
        for (const { letter } of await hand.complete(ready)) {
          remaining.delete(letter.sequenceNumber);
          work.completed(letter);
        }
        if (!isAborted(signal)) {
          for (const { letter } of chunk) {
            if (!acted.has(letter.sequenceNumber)) remaining.delete(letter.sequenceNumber);
          }
        }
        idleMs = 0;
      }
      if (idleMs > Math.min(roundMs, patienceMs)) break;
    }
    return idleMs;
  } finally {
    await hand.release();
  }
}

/** A call, because the compiler takes what it saw once for constant. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The letters of a chunk that may be completed: acted upon now, or before their lock was lost. */
async function actOnce(
  chunk: readonly LetterInHand[],
  work: LetterWork,
  acted: Set<bigint>,
  signal: AbortSignal,
): Promise<LetterInHand[]> {
  const fresh = chunk.filter(({ letter }) => !acted.has(letter.sequenceNumber));
  if (fresh.length > 0) {
    const done = await work.act(
      fresh.map(({ letter }) => letter),
      signal,
    );
    for (const { sequenceNumber } of done) acted.add(sequenceNumber);
  }
  return chunk.filter(({ letter }) => acted.has(letter.sequenceNumber));
}

/** Takes those out of `remaining` that are no longer there, and says how many they were. */
async function forgetGone(place: LetterPlace, remaining: Set<bigint>): Promise<number> {
  const lost = new Set(remaining);
  let lowest: bigint | undefined;
  for (const number of remaining) if (lowest === undefined || number < lowest) lowest = number;
  for await (const { sequenceNumber } of peekLetters(place, lowest)) lost.delete(sequenceNumber);
  for (const number of lost) remaining.delete(number);
  return lost.size;
}
