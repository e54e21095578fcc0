import { AynaError } from '@ayna/contract';
import { describeFailure, exitCodes } from '@ayna/platform';
import type { Bench } from './bench.ts';
import { checkBench } from './check.ts';
import { readCommandLine } from './command-line.ts';
import { mirrorBench } from './mirror.ts';
import { realtimeBench } from './realtime.ts';
import { storeBench } from './store.ts';

const benches: Readonly<Record<string, Bench>> = {
  mirror: mirrorBench,
  check: checkBench,
  store: storeBench,
  realtime: realtimeBench,
};

try {
  const { name, json, events, rounds } = readCommandLine(
    process.argv.slice(2),
    Object.keys(benches),
  );
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  const report = await benches[name]?.run({ events, rounds, progress });
  const output = json ? JSON.stringify(report?.figures) : report?.lines.join('\n');
  await new Promise((written) => process.stdout.write(`${output ?? ''}\n`, written));
  process.exit(exitCodes.ok);
} catch (error) {
  const misused = error instanceof AynaError && error.code === 'InputInvalid';
  process.stderr.write(`${misused ? `bench: ${error.message}` : describeFailure(error)}\n`);
  process.exit(misused ? exitCodes.misconfigured : exitCodes.failed);
}
