import { describeFailure, exitCodes } from '@ayna/platform';
import { AynaError } from '@ayna/contract';
import { demoOptions, USAGE } from './options.ts';
import { count, describeReport, isInStep } from './report.ts';
import { runDemo } from './run-demo.ts';

/** What shells expect of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
  });
}

process.exit(await main());

async function main(): Promise<number> {
  try {
    const options = demoOptions(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(USAGE);
      return exitCodes.ok;
    }
    const result = await runDemo(options, {
      onReport: (report, examples, trace) => {
        process.stdout.write(
          options.json ? `${JSON.stringify(report)}\n` : describeReport(report, examples) + trace,
        );
      },
      signal: interrupt.signal,
      note: (text) => process.stderr.write(`${text}\n`),
    });
    if (result.kind === 'interrupted') {
      process.stderr.write(
        `Stopped: ${count(result.written)} documents were written, ${count(result.waiting)} of their events still wait in the broker.\n`,
      );
      return INTERRUPTED;
    }
    return isInStep(result.report) ? exitCodes.ok : exitCodes.failed;
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    return error instanceof AynaError && error.code === 'ConfigInvalid'
      ? exitCodes.misconfigured
      : exitCodes.failed;
  }
}
