import {
  authCheckSettings,
  checkMirror,
  checkReport,
  checkSettings,
  checkUsersOfProject,
  thresholdsOf,
  withAuthCheck,
  type AuthCheckSummary,
  type CheckOptions,
} from '@ayna/consistency';
import { exitCodes, readConfig } from '@ayna/platform';
import type { CommandContext } from '../../command-context.ts';
import type { CheckCommandOptions } from './command-options.ts';
import { withChecking } from './checking.ts';
import { describeCheck } from './describe-check.ts';
import { deliverReport } from './deliver-report.ts';

/** Runs `ayna mirror check`. */
export async function runCheckCommand(
  context: CommandContext,
  options: CheckCommandOptions,
): Promise<void> {
  const config = readConfig({ ...checkSettings, ...authCheckSettings }, context.env);
  const fromEnv = thresholdsOf(config);
  const { summary, users } = await withChecking(context, config, options, async (check) => ({
    summary: await checkMirror(check),
    users: options.auth ? await checkUsers(check, config.GOOGLE_CLOUD_PROJECT) : undefined,
  }));
  const ofDocuments = checkReport(summary, {
    maxDriftPercent: options.maxDrift ?? fromEnv.maxDriftPercent,
    maxMissingInFirestore: options.maxMissingInFirestore ?? fromEnv.maxMissingInFirestore,
  });
  const report = users
    ? withAuthCheck(ofDocuments, users, {
        maxMissingInAuth: options.maxMissingInAuth ?? config.CHECK_MAX_MISSING_IN_AUTH,
      })
    : ofDocuments;
  if (!report.passed) context.exitCode = exitCodes.failed;
  await deliverReport(context, report, describeCheck(report), {
    json: options.json,
    place: options.report ?? config.CHECK_REPORT,
  });
}

/** All users that the chosen entities name, whatever part of the documents was looked at. */
function checkUsers(
  { entities, store, recheck = {}, signal }: CheckOptions,
  projectId: string,
): Promise<AuthCheckSummary> {
  const options = { entities, store, recheck, ...(signal && { signal }) };
  return checkUsersOfProject(projectId, options);
}
