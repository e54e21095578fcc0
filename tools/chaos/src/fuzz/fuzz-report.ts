import type { ProcessorCounts } from '@ayna/processor';
import type { LogGroup } from '../world/writer-log.ts';
import type { FuzzFindings } from './expectations.ts';
import type { SentMessages } from './send-messages.ts';

/** What a fuzz run found; the one line of `--json`. */
export interface FuzzReport extends FuzzFindings, SentMessages {
  readonly seed: number;
  readonly messages: number;
  readonly deadLettered: number;
  readonly surplusDeadLetters: readonly string[];
  /** Messages that nobody took any more; undefined when the queue is empty. */
  readonly stuck: number | undefined;
  readonly outcomes: ProcessorCounts;
  /** Writers that ended though nobody asked them to, with their last words. */
  readonly crashes: readonly string[];
  readonly strangeLines: readonly string[];
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly writerLog: readonly LogGroup[];
  readonly logs: string;
}

/** No crash, nothing lost, every row right, every bad message dead-lettered with a code. */
export function hasPassedFuzz(report: FuzzReport): boolean {
  const accounted =
    report.goodApplied + report.badDeadLettered + report.eitherApplied + report.eitherDeadLettered;
  return (
    report.violations === 0 &&
    report.crashes.length === 0 &&
    report.surplusDeadLetters.length === 0 &&
    report.stuck === undefined &&
    accounted === report.sent
  );
}

/** What a person reads at the end of a run. */
export function describeFuzz(report: FuzzReport): string {
  const rows: [string, string][] = [
    ['seed', String(report.seed)],
    [
      'messages',
      `${report.messages}: ${report.sent} sent, ${report.oversized} refused as too large, ${sum(report.unsendable)} that the client cannot encode`,
    ],
    ['good', `${report.goodApplied} applied`],
    ['bad', `${report.badDeadLettered} dead-lettered`],
    ['either', `${report.eitherApplied} applied, ${report.eitherDeadLettered} dead-lettered`],
    ['reasons', JSON.stringify(report.deadLettersByReason)],
    ['rows', `${report.rows} compared`],
    ['time', `${report.seconds} s, ${report.messagesPerSecond} messages/s`],
  ];
  const verdict = hasPassedFuzz(report)
    ? ['All accounted for: every good message applied, every bad one dead-lettered with a code.']
    : [
        `NOT right: ${report.violations} violations, ${report.crashes.length} crashes.`,
        ...report.examples.map((example) => `  ${example}`),
        ...report.crashes.map((crash) => `  ${crash}`),
        ...report.surplusDeadLetters.slice(0, 5).map((one) => `  surplus dead letter ${one}`),
        ...(report.stuck === undefined ? [] : [`  stuck: ${report.stuck} messages`]),
        `  logs: ${report.logs}`,
      ];
  return [
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(8)}  ${value}`),
    '',
    ...verdict,
    '',
  ].join('\n');
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);
