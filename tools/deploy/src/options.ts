import { parseArgs } from 'node:util';
import { AynaError } from '@ayna/contract';
import type { DeploymentUnit } from './deployment-unit.ts';

/** The command line, checked. */
export interface DeployOptions {
  readonly unit: DeploymentUnit;
  readonly dryRun: boolean;
}

/**
 * @param args a unit by its name, or the Nx project that it deploys; `--dry-run`
 * @throws AynaError `InputInvalid`, naming what there is
 */
export function deployOptions(
  args: readonly string[],
  units: readonly DeploymentUnit[],
): DeployOptions {
  const { values, positionals } = parse(args);
  const [name, ...others] = positionals;
  const unit = units.find((one) => one.name === name || one.project === name);
  if (!unit || others.length > 0) {
    const names = units.map((one) => one.name).join(', ');
    throw new AynaError(
      'InputInvalid',
      `expected one unit and nothing else: ${names}${name === undefined ? '' : `; not "${positionals.join(' ')}"`}`,
    );
  }
  return { unit, dryRun: values['dry-run'] };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean', default: false } },
    });
  } catch (cause) {
    const [said = ''] = (cause instanceof Error ? cause.message : String(cause)).split('. To ');
    throw new AynaError('InputInvalid', `${said}; there is --dry-run`, { cause });
  }
}
