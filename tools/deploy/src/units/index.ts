import type { DeploymentUnit } from '../deployment-unit.ts';
import { gateway } from './gateway.ts';
import { migrations } from './migrations.ts';
import { triggers } from './triggers.ts';

/** Every unit there is. */
export const units: readonly DeploymentUnit[] = [migrations, triggers, gateway];
