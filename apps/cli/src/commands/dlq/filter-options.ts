import { Argument, type Command } from 'commander';
import type { DeadLetterFilter } from '@ayna/service-bus';
import { AynaError } from '@ayna/contract';
import { duration, positiveNumber, repeatable } from '../../command-arguments.ts';

/** The options that say which dead letters are meant. */
export interface FilterOptions {
  readonly reason?: readonly string[];
  readonly type?: readonly string[];
  readonly key?: string;
  readonly older?: number;
  readonly younger?: number;
  readonly limit?: number;
}

/** Adds the arguments and options that say which dead letters are meant. */
export function addFilterOptions(command: Command): Command {
  return command
    .addArgument(new Argument('[numbers...]', 'sequence numbers of dead letters'))
    .option('--reason <reason>', 'with this reason; may be given several times', repeatable)
    .option(
      '--type <type>',
      'of this event type or entity: dm.message; may be given several times',
      repeatable,
    )
    .option('--key <key>', 'of this document path, the start of one, or an id in it')
    .option('--older <duration>', 'enqueued longer ago than 90s, 30m, 2h or 3d', duration)
    .option('--younger <duration>', 'enqueued less long ago than that', duration)
    .option('--limit <n>', 'the oldest n at most', positiveNumber);
}

/** @throws AynaError `InputInvalid` for a sequence number that is none */
export function filterOf(numbers: readonly string[], options: FilterOptions): DeadLetterFilter {
  return {
    ...(numbers.length > 0 ? { sequenceNumbers: new Set(numbers.map(sequenceNumber)) } : {}),
    ...(options.reason ? { reasons: options.reason } : {}),
    ...(options.type ? { types: options.type } : {}),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.older === undefined ? {} : { olderThanMs: options.older }),
    ...(options.younger === undefined ? {} : { youngerThanMs: options.younger }),
  };
}

/** @throws AynaError `InputInvalid` */
export function sequenceNumber(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) {
    throw new AynaError(
      'InputInvalid',
      `"${text}" is no sequence number: \`ayna dlq list\` shows them`,
    );
  }
  return BigInt(text);
}
