import { AynaError } from '@ayna/contract';
import { describeFailure, exitCodes } from '@ayna/platform';
import { describeReport } from './describe-report.ts';
import { describeContention, hasPassedContention } from './contention/contention-report.ts';
import { runContention } from './contention/run-contention.ts';
import { describeFuzz, hasPassedFuzz } from './fuzz/fuzz-report.ts';
import { forgetFuzz, runFuzz } from './fuzz/run-fuzz.ts';
import { readStrings } from './fuzz/strings-file.ts';
import { chaosOptions, USAGE, type ChaosOptions } from './options.ts';
import { hasPassed } from './report.ts';
import { runChaos } from './run-chaos.ts';
import { runSqlOutage } from './sql-outage.ts';

/** How a run ended: whether it passed, and what it found. */
interface Outcome {
  readonly passed: boolean;
  readonly report: object;
  readonly text: string;
}

// The package that runs PostgreSQL ends the process at such an error, without a word.
process.on('uncaughtExceptionMonitor', (error) => {
  process.stderr.write(`${describeFailure(error)}\n`);
});

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
  const note = (text: string) => {
    if (!options.json) process.stderr.write(`${text}\n`);
  };
  const databaseUrl = process.env.DATABASE_URL;
  if (options.run === 'fuzz') {
    const strings = options.strings === undefined ? [] : await readStrings(options.strings);
    const report = await runFuzz({ ...options, strings }, databaseUrl, note);
    const passed = hasPassedFuzz(report);
    if (passed) await forgetFuzz(report);
    return { passed, report, text: describeFuzz(report) };
  }
  const plan = { ...options, databaseUrl };
  if (options.run === 'contention') {
    const report = await runContention(plan, note);
    return { passed: hasPassedContention(report), report, text: describeContention(report) };
  }
  const report = await (options.run === 'sql-outage' ? runSqlOutage : runChaos)(plan, { note });
  return { passed: hasPassed(report), report, text: describeReport(report) };
}
