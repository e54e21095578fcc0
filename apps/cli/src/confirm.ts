import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { AynaError } from '@ayna/contract';

/** Who can be asked: a terminal, or nobody. */
export interface Questioned {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

/**
 * Asks before something that cannot be undone. Only the word "yes" is a yes.
 *
 * @param signal aborted while the question stands, it is a no; so is a terminal that is closed
 * @throws AynaError `InputInvalid` when there is no terminal to ask at
 */
export async function confirm(
  question: string,
  signal: AbortSignal,
  { input, output }: Questioned = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (input.isTTY !== true || output.isTTY !== true) {
    throw new AynaError('InputInvalid', `${question} There is no terminal to ask at: add --yes`);
  }
  const lines = createInterface({ input, output, terminal: false });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  const unanswered = AbortSignal.any([signal, closed.signal]);
  try {
    const answer = await lines.question(`${question} Type yes to go on: `, { signal: unanswered });
    return answer.trim() === 'yes';
  } catch (error) {
    if (unanswered.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}
