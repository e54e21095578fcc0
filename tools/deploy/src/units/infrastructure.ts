import { AynaError } from '@ayna/contract';
import { z } from 'zod';
import { objectIdSetting, prefixSetting } from '../azure-settings.ts';
import { defineUnit } from '../deployment-unit.ts';
import { BICEP_FOLDER, bicepFiles } from '../infrastructure/bicep-files.ts';
import { openBicepParser } from '../infrastructure/bicep-parser.ts';
import { bicepProblems } from '../infrastructure/bicep-problems.ts';

/** All that the apps stand on in Azure: broker, SQL, identities, registry, where containers run. */
export const infrastructure = defineUnit({
  name: 'infrastructure',
  project: '@ayna/deploy',
  what: 'the resource group holds what the apps stand on, as main.bicep says',
  settings: {
    AZURE_RESOURCE_GROUP: z.string().describe('expected the name of a resource group'),
    AYNA_SQL_ADMINISTRATORS: z.string().describe('expected the name of a group of Entra ID'),
    AYNA_SQL_ADMINISTRATORS_ID: objectIdSetting,
    AYNA_PREFIX: prefixSetting,
    AYNA_SQL_ENGINE: z.enum(['sqlserver', 'postgres']).default('sqlserver'),
    AYNA_WITH_HUB: z.enum(['true', 'false']).default('true'),
    AYNA_ALERT_ACTION_GROUP: z
      .string()
      .default('')
      .describe('expected the resource id of an action group of Azure Monitor'),
    AYNA_TRIGGERS_GOOGLE_ID: googleId(),
    AYNA_GATEWAY_GOOGLE_ID: googleId(),
    AYNA_GATEWAY_ADDRESSES: z
      .string()
      .regex(/^\d+(\.\d+){3}(,\d+(\.\d+){3})*$/)
      .optional()
      .describe('expected IPv4 addresses with commas between them'),
  },
  secrets: ['AYNA_POSTGRES_PASSWORD'],
  checks: ({ root }) => [
    {
      title: 'every Bicep file parses, and every module gets the parameters it declares',
      async run() {
        const parse = await openBicepParser();
        const files = await bicepFiles(root);
        const problems: string[] = [];
        for (const file of files) {
          problems.push(...(await bicepProblems(parse, file)));
        }
        if (problems.length > 0) throw new AynaError('ArtefactInvalid', problems.join('\n'));
        return `${files.length} files`;
      },
    },
  ],
  commands: ({ AZURE_RESOURCE_GROUP, ...settings }, { dryRun, env: given }) => {
    const hasPostgres =
      settings.AYNA_WITH_HUB === 'true' || settings.AYNA_SQL_ENGINE === 'postgres';
    if (!dryRun && hasPostgres && (given.AYNA_POSTGRES_PASSWORD ?? '') === '') {
      throw new AynaError(
        'ConfigInvalid',
        'AYNA_POSTGRES_PASSWORD is missing: expected the password of PostgreSQL, which the hub and AYNA_SQL_ENGINE=postgres take',
      );
    }
    const env = {
      AYNA_SQL_ADMINISTRATORS: settings.AYNA_SQL_ADMINISTRATORS,
      AYNA_SQL_ADMINISTRATORS_ID: settings.AYNA_SQL_ADMINISTRATORS_ID,
      AYNA_PREFIX: settings.AYNA_PREFIX,
      AYNA_SQL_ENGINE: settings.AYNA_SQL_ENGINE,
      AYNA_WITH_HUB: settings.AYNA_WITH_HUB,
      ...(settings.AYNA_ALERT_ACTION_GROUP === ''
        ? {}
        : { AYNA_ALERT_ACTION_GROUP: settings.AYNA_ALERT_ACTION_GROUP }),
      AYNA_TRIGGERS_GOOGLE_ID: settings.AYNA_TRIGGERS_GOOGLE_ID ?? '',
      AYNA_GATEWAY_GOOGLE_ID: settings.AYNA_GATEWAY_GOOGLE_ID ?? '',
      AYNA_GATEWAY_ADDRESSES: settings.AYNA_GATEWAY_ADDRESSES ?? '',
    };
    const deployment = (verb: string, ...more: string[]) => [
      ...['deployment', 'group', verb, '--name', 'ayna', '--resource-group', AZURE_RESOURCE_GROUP],
      ...['--parameters', `${BICEP_FOLDER}/main.bicepparam`, ...more],
    ];
    return Promise.resolve([
      {
        why: 'what will be created, changed and deleted is shown',
        program: 'az',
        args: deployment('what-if'),
        env,
      },
      {
        why: 'the resource group becomes what the files say',
        program: 'az',
        args: deployment('create', '--output', 'none'),
        env,
      },
    ]);
  },
});

function googleId(): z.ZodType<string | undefined> {
  return z
    .string()
    .regex(/^\d+$/)
    .optional()
    .describe('expected the unique id of a service account of Google, which is a number');
}
