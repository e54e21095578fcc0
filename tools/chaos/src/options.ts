import { parseArgs } from 'node:util';
import { AynaError } from '@ayna/contract';

/** The command line, checked. */
export interface ChaosOptions {
  readonly run: 'schedule' | 'sql-outage' | 'contention' | 'fuzz' | 'help';
  readonly seed: number;
  readonly minutes: number;
  readonly writesPerSecond: number;
  readonly settleMinutes: number;
  /** Of the scenario. */
  readonly events: number;
  readonly seconds: number;
  /** Of the fuzz. */
  readonly messages: number;
  readonly strings: string | undefined;
  readonly json: boolean;
}

export const USAGE = `Usage: pnpm chaos [options]

Runs the whole mirror under load while faults are injected, and compares Firestore with SQL.

  --seed N             what faults, load and messages derive from (default 1)
  --minutes M          how long faults are injected (default 1; 0.5 is half a minute)
  --rate N             writes a second (default 100)
  --settle-minutes M   how long the mirror may take afterwards to come to rest (default 5)
  --json               print one line of JSON at the end and nothing else

  --scenario sql-outage --events N --seconds S
                       SQL is away for S seconds (default 90) in the middle of N events (default 20000)
  --scenario contention --minutes M
                       instead, two writers on the same few documents, in a database with no rows
  --fuzz N             instead, send N messages, nine in ten malformed, straight to the broker
  --strings FILE       a JSON array of strings to use in them

With DATABASE_URL set, that PostgreSQL or SQL Server is used. It is never stopped: where SQL has to be
away, the connections to it are cut and refused, and the report says so.
`;

/** @throws AynaError `ConfigInvalid`, naming the option and what it takes */
export function chaosOptions(args: readonly string[]): ChaosOptions {
  const values = parse(args);
  const { scenario, fuzz, help } = values;
  if (scenario !== undefined && scenario !== 'sql-outage' && scenario !== 'contention') {
    throw new AynaError(
      'ConfigInvalid',
      `--scenario takes sql-outage or contention, not "${scenario}"`,
    );
  }
  return {
    run: help ? 'help' : (scenario ?? (fuzz === undefined ? 'schedule' : 'fuzz')),
    seed: wholeNumber('--seed', values.seed, 0),
    minutes: decimal('--minutes', values.minutes),
    writesPerSecond: wholeNumber('--rate', values.rate, 1),
    settleMinutes: decimal('--settle-minutes', values['settle-minutes']),
    events: wholeNumber('--events', values.events, 100),
    seconds: wholeNumber('--seconds', values.seconds, 1),
    messages: wholeNumber('--fuzz', fuzz ?? '1', 1),
    strings: values.strings,
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // `pnpm chaos -- --json` hands the separator on.
      args: args.filter((arg) => arg !== '--'),
      options: {
        seed: { type: 'string', default: '1' },
        minutes: { type: 'string', default: '1' },
        rate: { type: 'string', default: '100' },
        'settle-minutes': { type: 'string', default: '5' },
        scenario: { type: 'string' },
        events: { type: 'string', default: '20000' },
        seconds: { type: 'string', default: '90' },
        fuzz: { type: 'string' },
        strings: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('ConfigInvalid', `${detail} (pnpm chaos --help lists the options)`);
  }
}

function wholeNumber(option: string, text: string, min: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min) return value;
  throw new AynaError('ConfigInvalid', `${option} takes a whole number from ${min}, not "${text}"`);
}

function decimal(option: string, text: string): number {
  const value = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0) return value;
  throw new AynaError('ConfigInvalid', `${option} takes a number above 0, not "${text}"`);
}
