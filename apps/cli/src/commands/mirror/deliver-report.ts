import { writeReport, type CheckReport } from '@ayna/consistency';
import type { CommandContext } from '../../command-context.ts';

/** Where a report goes. */
export interface Delivery {
  readonly json: boolean;
  /** A file or `gs://bucket/path`, beside standard output. */
  readonly place: string | undefined;
}

/**
 * Prints a report, for a person or as JSON, and then writes it where that is wished: so that it is
 * seen even when it cannot be written.
 *
 * @throws AynaError `ReportUnwritable`
 */
export async function deliverReport(
  context: CommandContext,
  report: CheckReport,
  text: string,
  { json, place }: Delivery,
): Promise<void> {
  await context.print(json ? `${JSON.stringify(report)}\n` : text);
  if (place !== undefined) context.note(`Report: ${await writeReport(place, report)}`);
}
