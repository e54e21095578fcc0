import { parseArgs } from 'node:util';
import { AynaError } from '@ayna/contract';
import { wholeNumber } from '@ayna/platform';

const DEFAULT_EVENTS = 50_000;
const DEFAULT_ROUNDS = 3;

/** The command line of a bench, checked. */
export interface CommandLine {
  readonly name: string;
  readonly events: number;
  readonly rounds: number;
  readonly json: boolean;
}

/**
 * Reads `NAME [--events N] [--rounds N] [--json]`.
 *
 * @throws AynaError `InputInvalid`, in one sentence
 */
export function readCommandLine(
  args: readonly string[],
  benchNames: readonly string[],
): CommandLine {
  const { values, positionals } = parse(args);
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0 || !benchNames.includes(name)) {
    const given = positionals.length === 0 ? 'none' : `"${positionals.join(' ')}"`;
    throw new AynaError(
      'InputInvalid',
      `expected the name of one bench (${benchNames.join(', ')}), got ${given}`,
    );
  }
  return {
    name,
    events: number('--events', values.events, DEFAULT_EVENTS, 1_000, 10_000_000),
    rounds: number('--rounds', values.rounds, DEFAULT_ROUNDS, 1, 100),
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        events: { type: 'string' },
        rounds: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new AynaError(
      'InputInvalid',
      `${sentence}; a bench takes --events N, --rounds N and --json`,
      { cause: error },
    );
  }
}

function number(
  option: string,
  text: string | undefined,
  byDefault: number,
  min: number,
  max: number,
): number {
  if (text === undefined) return byDefault;
  const { success, data } = wholeNumber(min, max).safeParse(text);
  if (success) return data;
  throw new AynaError(
    'InputInvalid',
    `${option} takes a whole number from ${min} to ${max}, got "${text}"`,
  );
}
