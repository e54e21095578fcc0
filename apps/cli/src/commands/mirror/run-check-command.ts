import { checkMirror, checkReport, checkSettings, thresholdsOf } from '@ayna/consistency';
import { exitCodes, readConfig } from '@ayna/platform';
import type { CommandContext } from '../../command-context.ts';
import type { CheckCommandOptions } from './check.ts';
import { withChecking } from './checking.ts';
import { describeCheck } from './describe-check.ts';
import { deliverReport } from './deliver-report.ts';

/** Runs `ayna mirror check`. */
export async function runCheckCommand(
  context: CommandContext,
  options: CheckCommandOptions,
): Promise<void> {
  const config = readConfig(checkSettings, context.env);
  const fromEnv = thresholdsOf(config);
  const summary = await withChecking(context, config, options, checkMirror);
  const report = checkReport(summary, {
    maxDriftPercent: options.maxDrift ?? fromEnv.maxDriftPercent,
    maxMissingInFirestore: options.maxMissingInFirestore ?? fromEnv.maxMissingInFirestore,
  });
  if (!report.passed) context.exitCode = exitCodes.failed;
  await deliverReport(context, report, describeCheck(report), {
    json: options.json,
    place: options.report ?? config.CHECK_REPORT,
  });
}
