import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A terminal as the reader of a document has it. */
export interface ReaderShell extends AsyncDisposable {
  /**
   * Runs a script in `bash` until it ends, in the folder, with the variables and the aliases that
   * the scripts before it left. It stops at the first command that fails. What it started in the
   * background stays until the shell is disposed of.
   */
  run(script: string): Promise<{ readonly exit: number; readonly printed: string }>;
}

/** What a package manager, a task runner or a test tells the programs that it starts. */
const OF_OUR_STARTER =
  /^(npm_(?!config_)|pnpm_|PNPM_(?!HOME)|NX_|VITEST|INIT_CWD$|NODE_(ENV|PATH|OPTIONS)$|TEST$|FORCE_COLOR$)/;

/** No colours, and none of npm's warnings: they are about the machine. */
const QUIET = { NO_COLOR: '1', npm_config_loglevel: 'error' };

/**
 * Opens a shell with the environment of this process, less what is known to come from the
 * workspace: its tools on the `PATH`, and what they told this process.
 *
 * @param env set beside that; undefined takes a variable away
 */
export async function openReaderShell(
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<ReaderShell> {
  const own = await mkdtemp(join(tmpdir(), 'ayna-shell-'));
  const state = join(own, 'state');
  const output = join(own, 'output');
  await writeFile(state, `cd '${folder}'\n`);
  const groups: number[] = [];
  const path = (process.env.PATH ?? '')
    .split(':')
    .filter((entry) => !entry.includes('node_modules'))
    .join(':');
  const inherited = Object.entries(process.env).filter(([name]) => !OF_OUR_STARTER.test(name));
  return {
    run: async (script) => {
      const text = `shopt -s expand_aliases
source '${state}'
trap '{ export -p; declare -f; alias -p; echo "cd $(printf %q "$PWD")"; } > ${state}' EXIT
set -euo pipefail -o allexport
${script}
`;
      const file = join(own, 'script');
      await writeFile(file, text);
      // A file, not a pipe: what runs on in the background would hold a pipe open.
      const sink = openSync(output, 'w');
      try {
        const child = spawn('bash', [file], {
          env: { ...Object.fromEntries(inherited), PATH: path, ...QUIET, ...env },
          stdio: ['ignore', sink, sink],
          detached: true,
        });
        if (child.pid !== undefined) groups.push(child.pid);
        const [code] = (await once(child, 'exit')) as [number | null];
        return { exit: code ?? -1, printed: await readFile(output, 'utf8') };
      } finally {
        closeSync(sink);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const group of groups) {
        try {
          process.kill(-group, 'SIGKILL');
        } catch {
          // Nothing of it runs any more.
        }
      }
      await rm(own, { recursive: true, force: true });
    },
  };
}
