import { AynaError } from '@ayna/contract';
import { describeFailure } from '@ayna/platform';
import { shellText, type Command } from './command.ts';
import type { Check, DeployContext, DeploymentUnit } from './deployment-unit.ts';
import { isDone, requirePrograms, runCommand } from './run-command.ts';
import { unitSettings } from './settings.ts';

/** Writes one line for people. */
export type Say = (line: string) => void;

/**
 * Deploys a unit: checks its artefacts, then runs its commands, or in a dry run prints them.
 *
 * @throws AynaError `ConfigInvalid` for its settings, `ArtefactInvalid` when a check fails,
 * `ToolMissing` and `CommandFailed` for its commands; the commands after a failed one are not run
 */
export async function runUnit(
  unit: DeploymentUnit,
  context: DeployContext,
  say: Say,
): Promise<void> {
  const { dryRun, env } = context;
  say(`${unit.name}: ${unit.what}`);
  const { values, missing } = unitSettings(unit.settings, env, dryRun ? 'name' : 'refuse');
  await runChecks(unit.checks(context), say);
  const commands = await unit.commands(values, context);
  if (dryRun) {
    sayCommands(commands, say);
    sayNeeds(missing, unit.secrets, say);
    return;
  }
  await requirePrograms(commands, env);
  for (const command of commands) await runOne(command, context, say);
  say(commands.length === 0 ? `${unit.name}: left out by the settings` : `${unit.name}: deployed`);
}

async function runChecks(checks: readonly Check[], say: Say): Promise<void> {
  if (checks.length > 0) say('\n  checked, without credentials');
  let failed = 0;
  for (const check of checks) {
    try {
      const seen = await check.run();
      say(`    ok    ${check.title}`);
      if (seen !== undefined) say(indented(seen, 10));
    } catch (error) {
      failed += 1;
      say(`    FAIL  ${check.title}`);
      say(indented(describeFailure(error), 10));
    }
  }
  if (failed > 0) {
    throw new AynaError('ArtefactInvalid', `${failed} of ${checks.length} checks failed`);
  }
}

function sayCommands(commands: readonly Command[], say: Say): void {
  say(commands.length === 0 ? '\n  would run nothing: the settings leave it out' : '\n  would run');
  for (const command of commands) {
    say(`    # ${command.why}`);
    if (command.unless) {
      say(`    # not when this prints ${command.unless.prints}:`);
      say(`    #   ${shellText(command.unless)}`);
    }
    say(`    ${shellText(command)}`);
  }
}

function sayNeeds(missing: readonly string[], secrets: readonly string[], say: Say): void {
  if (missing.length + secrets.length > 0) say('\n  needs');
  if (missing.length > 0) say(`    settings that are not set: ${missing.join(', ')}`);
  if (secrets.length > 0) say(`    secrets from the environment: ${secrets.join(', ')}`);
}

async function runOne(command: Command, context: DeployContext, say: Say): Promise<void> {
  if (command.unless && (await isDone(command.unless, context))) {
    say(`\n  skipped: ${command.why} (${command.unless.says})`);
    return;
  }
  say(`\n  ${command.why}`);
  say(`  $ ${shellText(command)}`);
  await runCommand(command, context);
}

function indented(text: string, width: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(width));
}
