import { parseArgs } from 'node:util';
import { AynaError } from '@ayna/contract';

export interface DemoOptions {
  /** JSON lines to load instead of sample data. */
  readonly input: string | undefined;
  /** Refuse the input at the first malformed line, instead of skipping it. */
  readonly strict: boolean;
  /** How many documents of sample data to write. */
  readonly documents: number;
  readonly seed: number;
  readonly dataDirectory: string | undefined;
  /** How often each trigger is delivered. */
  readonly duplicate: number;
  readonly shuffle: boolean;
  /** Writes a second at most; `paced` follows the writer, `max` does not. */
  readonly rate: number | 'paced' | 'max';
  /** Go on, and write the settings of the ends to this file; who removes it ends that. */
  readonly keep: string | undefined;
  readonly json: boolean;
  /** Print the trace of the document that arrived last. */
  readonly trace: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: pnpm demo [options]

Writes documents to an embedded Firestore and follows them into SQL.

  --documents N      documents of sample data to write (default 2000)
  --seed N           what the sample data and the shuffling derive from (default 1)
  --input FILE       load JSON lines {"path","data"} instead, plain or gzip
  --strict           refuse the input at the first malformed line instead of skipping it
  --duplicate N      deliver every trigger N times (default 1)
  --shuffle          deliver triggers out of order
  --rate R           writes a second, or "max"; by default the load follows the writer
  --data-dir DIR     keep the SQL database and the broker's messages there
  --keep FILE        go on until Ctrl-C or until FILE is removed: it says where everything is
  --trace            print the trace of the document that arrived last
  --json             print one line of JSON at the end and nothing else
  --help             show this

With DATABASE_URL or SERVICEBUS_CONNECTION_STRING set, that server is used in place of the embedded one.
`;

/** @throws AynaError `ConfigInvalid`, naming the option and what it takes */
export function demoOptions(args: readonly string[]): DemoOptions {
  const values = parse(args);
  return {
    input: values.input,
    strict: values.strict ?? false,
    documents: wholeNumber('--documents', values.documents ?? '2000', 1),
    seed: wholeNumber('--seed', values.seed ?? '1', 0),
    dataDirectory: values['data-dir'],
    duplicate: wholeNumber('--duplicate', values.duplicate ?? '1', 1),
    shuffle: values.shuffle ?? false,
    rate: rateOf(values.rate),
    keep: values.keep,
    json: values.json ?? false,
    trace: values.trace ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // `pnpm demo -- --json` hands the separator on.
      args: args.filter((arg) => arg !== '--'),
      options: {
        documents: { type: 'string' },
        seed: { type: 'string' },
        input: { type: 'string' },
        strict: { type: 'boolean' },
        duplicate: { type: 'string' },
        shuffle: { type: 'boolean' },
        rate: { type: 'string' },
        'data-dir': { type: 'string' },
        keep: { type: 'string' },
        json: { type: 'boolean' },
        trace: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('ConfigInvalid', `${detail} (pnpm demo --help lists the options)`);
  }
}

function rateOf(text: string | undefined): DemoOptions['rate'] {
  if (text === undefined) return 'paced';
  return text === 'max' ? 'max' : wholeNumber('--rate', text, 1, ' or "max"');
}

function wholeNumber(option: string, text: string, min: number, or = ''): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min)) {
    throw new AynaError(
      'ConfigInvalid',
      `${option} takes a whole number from ${min}${or}, not "${text}"`,
    );
  }
  return value;
}
