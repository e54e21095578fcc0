import { AynaError } from '@ayna/contract';
import { readConfig } from '@ayna/platform';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { isSecretName } from './secret-names.ts';
import type { DeployContext, SettingsShape } from './deployment-unit.ts';

/** Where settings are looked for besides the environment, below the root of the repository. */
const DEFAULT_SETTINGS_FILE = 'deploy.env';

type Environment = DeployContext['env'];

/**
 * The environment with what the file of settings adds to it: `DEPLOY_SETTINGS`, or `deploy.env` if
 * there is one. It has lines `NAME=value`; a variable of the environment goes before it, unless it
 * is empty.
 *
 * @throws AynaError `ConfigInvalid` when the file that `DEPLOY_SETTINGS` names cannot be read, and
 * when it holds something that is called like a secret, which belongs into the environment
 */
export async function deployEnvironment(root: string, env: Environment): Promise<Environment> {
  const path = resolve(root, env.DEPLOY_SETTINGS ?? DEFAULT_SETTINGS_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (env.DEPLOY_SETTINGS === undefined) return env;
    throw new AynaError('ConfigInvalid', `DEPLOY_SETTINGS: cannot read ${path}`, { cause });
  }
  const fromFile = parseEnv(text);
  const secret = Object.keys(fromFile).find(isSecretName);
  if (secret !== undefined) {
    throw new AynaError(
      'ConfigInvalid',
      `${path} holds ${secret}, which is a secret: take it out and set it in the environment`,
    );
  }
  const set = Object.entries(env).filter(([name, value]) => value !== '' || !(name in fromFile));
  return { ...fromFile, ...Object.fromEntries(set) };
}

/** The settings of a unit, and the names of those that a dry run had to do without. */
export interface UnitSettings<Shape extends SettingsShape> {
  readonly values: Readonly<z.infer<z.ZodObject<Shape>>>;
  readonly missing: readonly string[];
}

/**
 * Reads the settings of a unit by their schema.
 *
 * @param missing `refuse` throws for a setting that has to be there and is not; `name` puts `$NAME`
 * in its place
 * @throws AynaError `ConfigInvalid`, naming every variable that is missing or wrong
 */
export function unitSettings<Shape extends SettingsShape>(
  shape: Shape,
  env: Environment,
  missing: 'refuse' | 'name',
): UnitSettings<Shape> {
  if (missing === 'refuse') return { values: readConfig(shape, env), missing: [] };
  const unknown = Object.keys(shape).filter(
    (name) => (env[name] ?? '') === '' && shape[name]?.safeParse(undefined).success === false,
  );
  const known = Object.fromEntries(
    Object.entries(shape).filter(([name]) => !unknown.includes(name)),
  );
  const names = Object.fromEntries(unknown.map((name) => [name, `$${name}`]));
  const values = { ...readConfig(known, env), ...names };
  return { values: values as UnitSettings<Shape>['values'], missing: unknown };
}
