/**
 * Follows a document word for word, as a reader would, in a folder of its own.
 *
 * Whatever a document shows in a fence is taken by what stands behind the three backticks:
 *
 * | fence              | what happens                                                                    |
 * | ------------------ | ------------------------------------------------------------------------------- |
 * | `sh`               | runs in bash and must succeed; variables, functions, `cd`, aliases hold        |
 * | `sh exits=1`       | the same, and must end with that code                                           |
 * | `text output`      | (any language) what the command before must have printed, on both outputs; `…`  |
 * |                    | is anything in a line, a line `…` any lines                                     |
 * | `ts file=PATH`     | (any language) becomes the file; the text above must name `PATH` in backticks   |
 * | `diff file=PATH`   | changes the file: lines with a space or `-` must stand there, once              |
 * | `sh not-run`       | not run (it needs a cloud, say): counted in the result, for the test to expect  |
 * | anything else      | only shown                                                                      |
 *
 * A test of a document is then:
 *
 * ```ts
 * await using copy = await repositoryCopy();   // or any other folder
 * const { ran, notRun } = await runDocument(documentPath, copy.folder, { env });
 * expect(notRun).toEqual([]);                   // nothing is passed over quietly
 * ```
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { applyChange } from './apply-change.ts';
import { documentSteps, type DocumentStep } from './document-steps.ts';
import { matchesOutput } from './match-output.ts';
import { openReaderShell, type ReaderShell } from './reader-shell.ts';

export interface RunDocumentOptions {
  /** Variables that the reader has set; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told what every command printed and how long it took, for a log. */
  readonly onRan?: (ran: RanScript) => void;
}

/** A script of the document that was run. */
export interface RanScript {
  readonly line: number;
  readonly script: string;
  readonly printed: string;
  readonly milliseconds: number;
}

export interface RunDocumentResult {
  readonly ran: readonly RanScript[];
  /** The scripts that the document says not to run here. */
  readonly notRun: readonly string[];
}

/**
 * Follows the document in the folder.
 *
 * @param document the path of a Markdown file
 * @throws Error at the first step that does not do what the document says, with its line, what was
 * shown and what came
 */
export async function runDocument(
  document: string,
  folder: string,
  { env = {}, onRan }: RunDocumentOptions = {},
): Promise<RunDocumentResult> {
  const steps = documentSteps(await readFile(document, 'utf8'));
  const ran: RanScript[] = [];
  const notRun: string[] = [];
  await using shell = await openReaderShell(folder, env);
  for (const step of steps) {
    if (step.kind === 'notRun') {
      notRun.push(step.script);
      continue;
    }
    try {
      if (step.kind !== 'run') {
        await edit(step, folder);
        continue;
      }
      const result = await runStep(step, shell);
      ran.push(result);
      onRan?.(result);
    } catch (cause) {
      throw new Error(`${document}:${step.line}: ${messageOf(cause)}`, { cause });
    }
  }
  return { ran, notRun };
}

async function edit(
  step: Extract<DocumentStep, { readonly kind: 'write' | 'change' }>,
  folder: string,
): Promise<void> {
  const path = join(folder, step.file);
  if (step.kind === 'change') {
    await writeFile(path, applyChange(await readFile(path, 'utf8'), step.change));
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, step.text);
}

async function runStep(
  { line, script, exits, output }: Extract<DocumentStep, { readonly kind: 'run' }>,
  shell: ReaderShell,
): Promise<RanScript> {
  const startedAt = performance.now();
  const { exit, printed } = await shell.run(script);
  const ended = `\n${script}\n-- printed:\n${printed}`;
  if (exit !== exits) throw new Error(`ended with ${exit}, not ${exits}:${ended}`);
  if (output !== undefined && !matchesOutput(printed, output)) {
    throw new Error(`did not print what is shown:${ended}\n-- shown is:\n${output}`);
  }
  return { line, script, printed, milliseconds: Math.round(performance.now() - startedAt) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
