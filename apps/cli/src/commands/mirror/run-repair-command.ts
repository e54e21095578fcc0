import {
  checkMirror,
  checkReport,
  checkSettings,
  repairMirror,
  thresholdsOf,
} from '@ayna/consistency';
import { entities } from '@ayna/contract';
import { exitCodes, readConfig } from '@ayna/platform';
import { openChangePublisher } from '@ayna/publisher';
import { serviceBusOf, serviceBusSettings } from '@ayna/service-bus';
import type { CommandContext } from '../../command-context.ts';
import { withChecking } from './checking.ts';
import { describeDryRun, describeRepair } from './describe-repair.ts';
import { deliverReport } from './deliver-report.ts';
import type { RepairCommandOptions } from './command-options.ts';

const MS_PER_SECOND = 1_000;

/** Runs `ayna mirror repair`. */
export async function runRepairCommand(
  context: CommandContext,
  options: RepairCommandOptions,
): Promise<void> {
  const config = readConfig({ ...checkSettings, ...serviceBusSettings }, context.env);
  const delivery = { json: options.json, place: options.report ?? config.CHECK_REPORT };
  if (options.dryRun) {
    const summary = await withChecking(context, config, options, checkMirror);
    const report = checkReport(summary, thresholdsOf(config));
    await deliverReport(context, report, describeDryRun(report), delivery);
    return;
  }
  await using publisher = openChangePublisher(serviceBusOf(config), entities, 'repair');
  const summary = await withChecking(context, config, options, (checking) =>
    repairMirror({
      ...checking,
      publish: (change) => publisher.publish(change),
      timeoutMs: options.timeout * MS_PER_SECOND,
      ...(options.rate !== undefined && { ratePerSecond: options.rate }),
    }),
  );
  if (summary.repair.failed > 0 || !summary.complete) context.exitCode = exitCodes.failed;
  const report = { ...checkReport(summary, thresholdsOf(config)), repair: summary.repair };
  await deliverReport(context, report, describeRepair(report), delivery);
}
