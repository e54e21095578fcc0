import { exitCodes } from '@ayna/platform';
import { openAuditFile, type PlannedReplay, type ReplayOutcome } from '@ayna/service-bus';
import type { CommandContext } from '../../command-context.ts';
import { operatorName } from '../../operator.ts';
import { plainCells } from '../../table.ts';
import { filterOf } from './filter-options.ts';
import { reportText, waitingNote, type HandleCommandOptions } from './handle-options.ts';
import { jsonLine, letterJson } from './letter-json.ts';
import { withDeadLetters } from './with-dead-letters.ts';

export interface ReplayCommandOptions extends HandleCommandOptions {
  readonly rate?: number;
  readonly dryRun?: boolean;
}

/** `ayna dlq replay`: a line for each dead letter; exit code 1 when any was skipped or is left. */
export async function replayDeadLetters(
  context: CommandContext,
  numbers: readonly string[],
  options: ReplayCommandOptions,
): Promise<void> {
  const filter = filterOf(numbers, options);
  await withDeadLetters(context, async ({ letters, auditFile, retentionMs }) => {
    const dryRun = options.dryRun ?? false;
    const audit = dryRun ? undefined : await openAuditFile(options.audit ?? auditFile);
    const format = options.json === true ? outcomeJson : outcomeLine;
    let printed = Promise.resolve();
    try {
      const report = await letters.replay({
        filter,
        dryRun,
        retentionMs,
        by: options.as ?? operatorName(),
        audit: audit?.write ?? (() => Promise.resolve()),
        signal: context.signal,
        onWait: waitingNote(context),
        onOutcome: (outcome) => {
          const text = format(outcome);
          printed = printed.then(() => context.print(text));
        },
        ...(options.limit === undefined ? {} : { limit: options.limit }),
        ...(options.rate === undefined ? {} : { rate: options.rate }),
      });
      context.note(reportText(dryRun ? 'Would replay' : 'Replayed', report));
      if (report.skipped + report.left > 0) context.exitCode = exitCodes.failed;
    } finally {
      await printed;
      await audit?.close();
    }
  });
}

type Outcome = ReplayOutcome | PlannedReplay;

function outcomeLine(outcome: Outcome): string {
  const { sequenceNumber, eventType, path } = outcome.letter;
  return plainCells(sequenceNumber.toString(), eventType ?? '-', path ?? '-', endOf(outcome));
}

function endOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'planned':
      return 'would be replayed';
    case 'skipped':
      return `skipped: ${outcome.why}`;
    case 'replayed':
      return `replayed, attempt ${outcome.replay.attempt}`;
  }
}

function outcomeJson(outcome: Outcome): string {
  const letter = letterJson(outcome.letter);
  switch (outcome.kind) {
    case 'planned':
      return jsonLine({ outcome: 'planned', ...letter });
    case 'skipped':
      return jsonLine({ outcome: 'skipped', why: outcome.why, ...letter });
    case 'replayed': {
      const { newMessageId, attempt } = outcome.replay;
      return jsonLine({ outcome: 'replayed', ...letter, newMessageId, attempt });
    }
  }
}
