import { startChild, type Child } from '@ayna/processes';

/**
 * Starts a part of the bench as a process of its own and waits until it says that it is ready. Its
 * errors are shown.
 *
 * @param url what `import.meta.resolve` gives
 */
export function startProgram(
  url: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  return startChild(url, {
    args,
    // Nothing here runs at Google: its clients need not look for a metadata server.
    env: { METADATA_SERVER_DETECTION: 'none', ...env },
    onErrorLine: (line) => process.stderr.write(`${line}\n`),
  });
}
