import { exitCodes } from '@ayna/platform';
import { openAuditFile, type DeadLetter } from '@ayna/service-bus';
import type { CommandContext } from '../../command-context.ts';
import { confirm } from '../../confirm.ts';
import { operatorName } from '../../operator.ts';
import { plainCells } from '../../table.ts';
import { filterOf } from './filter-options.ts';
import { reportText, waitingNote, type HandleCommandOptions } from './handle-options.ts';
import { letterCount } from './letter-count.ts';
import { jsonLine, letterJson } from './letter-json.ts';
import { withDeadLetters, type OpenLetters } from './with-dead-letters.ts';

export interface DiscardCommandOptions extends HandleCommandOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/**
 * `ayna dlq discard`: counts, asks, and takes out for good exactly what was counted.
 *
 * @throws AynaError `InputInvalid` when it may not ask and was not told `--yes`
 */
export async function discardDeadLetters(
  context: CommandContext,
  numbers: readonly string[],
  options: DiscardCommandOptions,
): Promise<void> {
  const filter = filterOf(numbers, options);
  await withDeadLetters(context, async (open) => {
    const { dryRun = false } = options;
    const format = options.json === true ? letterLine.json : letterLine.text;
    const chosen = new Set<bigint>();
    for await (const letter of open.letters.list(filter)) {
      chosen.add(letter.sequenceNumber);
      if (dryRun) await context.print(format(letter, 'planned'));
      if (chosen.size === options.limit || context.signal.aborted) break;
    }
    if (chosen.size === 0) {
      context.note('No dead letter fits.');
      return;
    }
    if (dryRun) {
      context.note(`Would discard ${letterCount(chosen.size)}.`);
      return;
    }
    const { topic, subscription } = open.place;
    const question = `Discard ${letterCount(chosen.size)} of "${topic}/${subscription}" for good?`;
    if (options.yes !== true && !(await confirm(question, context.signal))) {
      context.note('Nothing was discarded.');
      context.exitCode = exitCodes.failed;
      return;
    }
    await discard(context, open, chosen, options);
  });
}

async function discard(
  context: CommandContext,
  { letters, auditFile }: OpenLetters,
  sequenceNumbers: ReadonlySet<bigint>,
  options: DiscardCommandOptions,
): Promise<void> {
  const format = options.json === true ? letterLine.json : letterLine.text;
  const audit = await openAuditFile(options.audit ?? auditFile);
  let printed = Promise.resolve();
  try {
    const report = await letters.discard({
      filter: { sequenceNumbers },
      by: options.as ?? operatorName(),
      audit: audit.write,
      signal: context.signal,
      onWait: waitingNote(context),
      onDiscarded: (letter) => {
        const text = format(letter, 'discarded');
        printed = printed.then(() => context.print(text));
      },
    });
    context.note(reportText('Discarded', report));
    if (report.left > 0) context.exitCode = exitCodes.failed;
  } finally {
    await printed;
    await audit.close();
  }
}

type Outcome = 'planned' | 'discarded';

/** The line of a letter, for people and for programs. */
const letterLine = {
  text: ({ sequenceNumber, eventType, path }: DeadLetter, outcome: Outcome): string =>
    plainCells(
      sequenceNumber.toString(),
      eventType ?? '-',
      path ?? '-',
      outcome === 'planned' ? 'would be discarded' : outcome,
    ),
  json: (letter: DeadLetter, outcome: Outcome): string =>
    jsonLine({ outcome, ...letterJson(letter) }),
};
