import { Command, CommanderError, Help, type Option } from 'commander';
import { addDlqCommands } from './commands/dlq/dlq.ts';
import { addMigrationsCommands } from './commands/migrations/migrations.ts';
import { addMirrorCommands } from './commands/mirror/mirror.ts';
import type { CommandContext } from './command-context.ts';
import { noteLine, printText } from './output.ts';
import { onInterrupt } from './interrupt.ts';
import { traceCommands } from './trace-commands.ts';

/**
 * Runs `ayna` with its arguments and resolves with the exit code: 0 done, 1 failed, 2 wrong usage or
 * configuration, 130 ended by Ctrl-C (143 by SIGTERM). A failure is one message on standard error.
 *
 * What `--help` needs is loaded at once; a command loads what it works with when it runs.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const interrupt = onInterrupt();
  const context: CommandContext = {
    env: process.env,
    signal: interrupt.signal,
    exitCode: 0,
    print: printText,
    note: noteLine,
  };
  const program = ayna(context);
  const traced = traceCommands(program, context);
  try {
    // `pnpm ayna -- dlq list` hands the separator on.
    await program.parseAsync(args[0] === '--' ? args.slice(1) : args, { from: 'user' });
    return interrupt.exitCode() ?? context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const ended = interrupt.exitCode();
    if (ended !== undefined) return ended;
    const { reportFailure } = await import('./failure.ts');
    return reportFailure(error);
  } finally {
    await traced.close();
  }
}

function ayna(context: CommandContext): Command {
  const program = new Command('ayna')
    .description('Keeps databases in step: everything an operator does.')
    .exitOverride()
    .configureHelp({ sortSubcommands: true, optionDescription })
    .showHelpAfterError('(--help lists what there is)');
  addDlqCommands(program, context);
  addMigrationsCommands(program, context);
  addMirrorCommands(program, context);
  return program;
}

/** Says the default of an option only where it says something: not that a switch is off. */
function optionDescription(option: Option): string {
  const value: unknown = option.defaultValue;
  const isNothing = value === false || (Array.isArray(value) && value.length === 0);
  return isNothing ? option.description : new Help().optionDescription(option);
}
