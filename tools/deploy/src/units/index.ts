import type { DeploymentUnit } from '../deployment-unit.ts';
import { checker } from './checker.ts';
import { gateway } from './gateway.ts';
import { hub } from './hub.ts';
import { infrastructure } from './infrastructure.ts';
import { migrations } from './migrations.ts';
import { triggers } from './triggers.ts';
import { writer } from './writer.ts';

/** Every unit there is. */
export const units: readonly DeploymentUnit[] = [
  infrastructure,
  migrations,
  writer,
  checker,
  hub,
  triggers,
  gateway,
];
