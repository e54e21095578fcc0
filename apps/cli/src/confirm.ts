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
 * @param signal Ctrl-C while the question stands is a no
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
  try {
    const answer = await lines.question(`${question} Type yes to go on: `, { signal });
    return answer.trim() === 'yes';
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}
