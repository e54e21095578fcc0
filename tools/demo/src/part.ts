import { AynaError } from '@ayna/contract';
import { startChild, type Child } from '@ayna/processes';

/** V8 lets a heap grow to several times what it holds; everything here shares one small machine. */
const SMALL_HEAP = ['--max-semi-space-size=4', '--heap-growing-percent=20'];

/**
 * Starts a part of the demo as a process of its own.
 *
 * @throws AynaError `ConfigInvalid` with the program's own words, when it does not start
 */
export async function startPart(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Child> {
  try {
    return await startChild(entry, { args, env, nodeFlags: SMALL_HEAP });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('ConfigInvalid', `a part of the demo did not start: ${detail}`, { cause });
  }
}
