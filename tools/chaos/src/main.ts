import { AynaError } from '@ayna/contract';
import { describeFailure, exitCodes } from '@ayna/platform';
import { chaosOptions, USAGE, type ChaosOptions } from './options.ts';
import { hasPassed, type ChaosReport } from './report.ts';
import { describeReport } from './describe-report.ts';
import { runChaos } from './run-chaos.ts';

/** How a run ended: whether it passed, and what it found. */
interface Outcome {
  readonly passed: boolean;
  readonly report: object;
  readonly text: string;
}

process.exit(await main());

async function main(): Promise<number> {
  try {
    const options = chaosOptions(process.argv.slice(2));
    if (options.run === 'help') {
      process.stdout.write(USAGE);
      return exitCodes.ok;
    }
    const { passed, report, text } = await run(options);
    const output = options.json ? `${JSON.stringify(report)}\n` : text;
    await new Promise((written) => process.stdout.write(output, written));
    return passed ? exitCodes.ok : exitCodes.failed;
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    return error instanceof AynaError && error.code === 'ConfigInvalid'
      ? exitCodes.misconfigured
      : exitCodes.failed;
  }
}

async function run(options: ChaosOptions): Promise<Outcome> {
  const note = (text: string) => void (options.json || process.stderr.write(`${text}\n`));
  const plan = { ...options, databaseUrl: process.env.DATABASE_URL };
  const report: ChaosReport = await runChaos(plan, { note });
  return { passed: hasPassed(report), report, text: describeReport(report) };
}
