import { InvalidArgumentError, type Command } from 'commander';
import { repeatable } from '../../command-arguments.ts';

/** What the options that check and repair have in common say. */
export interface ScopeOptions {
  readonly entity: readonly string[];
  readonly sample?: string;
  readonly seed?: number;
  readonly since?: string;
  readonly report?: string;
  readonly json: boolean;
}

/** Adds the options that check and repair have in common. */
export function addScopeOptions(command: Command): Command {
  return command
    .option('--entity <name>', 'only this entity, e.g. dm.message (repeatable)', repeatable, [])
    .option('--sample <percent>', 'only so much of the keys, e.g. 1%, in ranges chosen at random')
    .option('--seed <n>', 'choose the ranges of an earlier sample again', wholeNumber)
    .option(
      '--since <time>',
      'only what either side changed from then on: 2026-11-20T00:00:00Z, 24h, 7d. Firestore cannot be asked for that, so every document is read (and paid for) all the same',
    )
    .option('--report <place>', 'write the report as JSON to a file or gs://bucket/path ({date})')
    .option('--json', 'print the report as one line of JSON', false);
}

/** A whole number from 0 on. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** A number from 0 on. */
export function decimal(text: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(text)) throw new InvalidArgumentError('Expected a number.');
  return Number(text);
}

/** A number from 0 to 100. */
export function percentage(text: string): number {
  const value = decimal(text);
  if (value > 100) throw new InvalidArgumentError('Expected a number from 0 to 100.');
  return value;
}
