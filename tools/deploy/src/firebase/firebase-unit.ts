import { AynaError } from '@ayna/contract';
import { readConfig } from '@ayna/platform';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import type { Command } from '../command.ts';
import {
  defineUnit,
  type Check,
  type DeployContext,
  type DeploymentUnit,
} from '../deployment-unit.ts';
import { isSecretName } from '../secret-names.ts';
import { bundleFunctions, type FunctionsBundle } from './bundle.ts';
import { describeFunctions } from './describe-functions.ts';
import { discoverFunctions, type FunctionsManifest } from './discover.ts';

export interface FirebaseUnitOptions {
  readonly name: 'triggers' | 'gateway';
  readonly project: string;
  readonly what: string;
  /** The folder of the app below the root. */
  readonly app: string;
  /** The codebase of Firebase, so that functions of others in the project stay what they are. */
  readonly codebase: string;
  /** The settings that the functions take, by name, those for their deployment included. */
  readonly settings: Readonly<Record<string, z.ZodType>>;
  /** Settings among them that Secret Manager holds, whether or not they are used. */
  readonly secrets: readonly string[];
}

/** Exact, so that today's deployment is last week's; raise it with the catalog. */
const FIREBASE_TOOLS = 'firebase-tools@15.34.2';

/** A unit that deploys Firebase functions from a bundle. */
export function firebaseUnit(options: FirebaseUnitOptions): DeploymentUnit {
  const { name, project, what, app, codebase, settings, secrets } = options;
  const directory = join('dist/deploy', name);
  const passed = Object.entries(settings).filter(([variable]) => !secrets.includes(variable));
  const clientIdName = `${name.toUpperCase()}_AZURE_CLIENT_ID`;
  const given = ({ env }: DeployContext): Record<string, string> => ({
    ...givenSettings(passed, env),
    ...azureIdentity(env[clientIdName], env),
  });

  let bundle: FunctionsBundle | undefined;
  let manifest: FunctionsManifest | undefined;

  const checks = (context: DeployContext): Check[] => [
    {
      title: `${app} is bundled with its workspace code`,
      run: async () => {
        const { root } = context;
        bundle = await bundleFunctions({ root, app, codebase, directory: join(root, directory) });
        const environment = given(context);
        const names = Object.keys(environment).join(', ');
        if (names !== '') {
          await writeFile(join(bundle.functionsDirectory, '.env'), envText(environment));
        }
        const size = `${Math.ceil(bundle.bytes / 1_024)} kB and ${bundle.installed.size} packages`;
        const where = `${relative(root, bundle.directory)}: ${size}`;
        return names === '' ? where : `${where}\n.env: ${names}`;
      },
    },
    {
      title: 'no secret of this environment is in the bundle',
      run: () => refuseSecrets(bundle, context),
    },
    {
      title: 'the functions load as Firebase loads them, without a secret or a server',
      run: async () => {
        if (!bundle) throw new AynaError('ArtefactInvalid', 'there is no bundle');
        manifest = await discoverFunctions(bundle, given(context));
        return describeFunctions(manifest);
      },
    },
  ];

  return defineUnit({
    name,
    project,
    what,
    settings: {
      GOOGLE_CLOUD_PROJECT: z.string().min(1).describe('expected the id of the Firebase project'),
      ...Object.fromEntries(passed.map(([variable, type]) => [variable, asText(type)])),
      [clientIdName]: z.string().optional(),
    },
    secrets: [],
    checks,
    commands: ({ GOOGLE_CLOUD_PROJECT: firebaseProject }) =>
      Promise.resolve(commandsOf(manifest, { directory, codebase, firebaseProject })),
  });
}

interface Destination {
  readonly directory: string;
  readonly codebase: string;
  readonly firebaseProject: string | undefined;
}

function commandsOf(
  manifest: FunctionsManifest | undefined,
  { directory, codebase, firebaseProject = '' }: Destination,
): Command[] {
  const endpoints = Object.entries(manifest?.endpoints ?? {});
  const secrets = endpoints.flatMap(([, { secretEnvironmentVariables = [] }]) =>
    secretEnvironmentVariables.map(({ key }) => key),
  );
  const firebase = (why: string, args: readonly string[]): Command => ({
    why,
    program: 'npx',
    args: ['-y', 'pnpm@12', 'dlx', FIREBASE_TOOLS, ...args, '--project', firebaseProject],
    cwd: directory,
  });
  return [
    {
      why: 'the packages of the lockfile, as Cloud Build installs them; Firebase loads the functions with them',
      program: 'npm',
      args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      cwd: join(directory, 'functions'),
    },
    ...[...new Set(secrets)].map((secret) =>
      firebase(`the secret ${secret} is in Secret Manager`, ['functions:secrets:describe', secret]),
    ),
    firebase(
      'the functions, by name; Firebase passes over those that have not changed. --force answers its question about retries',
      [
        'deploy',
        '--only',
        endpoints.map(([id]) => `functions:${codebase}:${id}`).join(','),
        '--non-interactive',
        '--force',
      ],
    ),
  ];
}

function givenSettings(
  settings: readonly (readonly [string, z.ZodType])[],
  env: DeployContext['env'],
): Record<string, string> {
  // The standard variables of OpenTelemetry are many and change without Ayna.
  const telemetry = Object.keys(env).filter((name) => name.startsWith('OTEL_'));
  const names = [...settings.map(([name]) => name), ...telemetry];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' || isSecretName(name) ? [] : [[name, value]];
    }),
  );
}

/**
 * What makes functions an identity of Azure. Each group has one of its own, and whoever deploys has
 * another: `AZURE_CLIENT_ID` of this environment is not theirs.
 */
function azureIdentity(
  clientId: string | undefined,
  env: DeployContext['env'],
): Record<string, string> {
  if (clientId === undefined || clientId === '') return {};
  const { AZURE_TENANT_ID } = readConfig(
    { AZURE_TENANT_ID: z.string().describe('expected the id of the tenant of Entra ID') },
    env,
  );
  return { AZURE_FEDERATED_BY: 'google', AZURE_TENANT_ID, AZURE_CLIENT_ID: clientId };
}

/** A setting that is checked as the function will check it, and handed on as it is written. */
function asText(type: z.ZodType): z.ZodType<string | undefined> {
  const text = z.string().refine((value) => type.safeParse(value).success, {
    error: expected(type),
  });
  return text.optional().describe(expected(type));
}

function expected(type: z.ZodType): string {
  for (let at: unknown = type; at instanceof z.ZodType;) {
    if (at.description !== undefined) return at.description;
    if (at instanceof z.ZodEnum) return `expected one of ${at.options.join(', ')}`;
    if (!(at instanceof z.ZodDefault) && !(at instanceof z.ZodOptional)) break;
    at = at.unwrap();
  }
  return 'expected another text';
}

function envText(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${lines.join('\n')}\n`;
}

/** Shorter values, such as `1`, stand everywhere. */
const MIN_SECRET_LENGTH = 8;

/** The value of no variable that is called like a secret may be in a file of the bundle. */
async function refuseSecrets(
  bundle: FunctionsBundle | undefined,
  { env }: DeployContext,
): Promise<undefined> {
  if (!bundle) throw new AynaError('ArtefactInvalid', 'there is no bundle');
  const secrets = Object.entries(env).flatMap(([name, value = '']) =>
    isSecretName(name) && value.length >= MIN_SECRET_LENGTH ? [{ name, value }] : [],
  );
  for (const file of ['index.js', 'package.json', 'package-lock.json', '.env']) {
    const text = await readFile(join(bundle.functionsDirectory, file), 'utf8').catch(() => '');
    const found = secrets.find(({ value }) => text.includes(value));
    if (found) {
      throw new AynaError('ArtefactInvalid', `${file} holds the value of ${found.name}`);
    }
  }
  return undefined;
}
