import { runProgram } from '@ayna/platform';
import { fileURLToPath } from 'node:url';
import { deployOptions } from './options.ts';
import { runUnit } from './run-unit.ts';
import { deployEnvironment } from './settings.ts';
import { units } from './units/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

// A reader that has gone (`| head`) ends no deployment half-way.
process.stdout.on('error', () => undefined);

await runProgram(async () => {
  const { unit, dryRun } = deployOptions(process.argv.slice(2), units);
  const env = await deployEnvironment(root, process.env);
  await runUnit(unit, { root, env, dryRun }, (line) => process.stdout.write(`${line}\n`));
});
