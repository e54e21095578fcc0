import { z } from 'zod';
import { imageTagSetting, prefixSetting, registrySetting } from '../azure-settings.ts';
import { defineUnit, type DeploymentUnit } from '../deployment-unit.ts';
import type { Command } from '../command.ts';
import { checkPrunedApp } from './check-pruned-app.ts';
import type { ContainerApp } from './container-apps.ts';

const settings = {
  AZURE_RESOURCE_GROUP: z.string().describe('expected the name of a resource group'),
  AZURE_REGISTRY: registrySetting,
  AYNA_IMAGE_TAG: imageTagSetting,
  GOOGLE_CLOUD_PROJECT: z.string().describe('expected the id of a Firebase project'),
  AYNA_PREFIX: prefixSetting,
  AYNA_SQL_ENGINE: z.enum(['sqlserver', 'postgres']).default('sqlserver'),
  AYNA_WITH_HUB: z.enum(['true', 'false']).default('true'),
  AYNA_GOOGLE_PROVIDER: z
    .string()
    .regex(/^projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/)
    .optional()
    .describe(
      'expected projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER',
    ),
};

/** The unit of an app that runs as a container: its image in the registry, and the app on that image. */
export function containerUnit(app: ContainerApp): DeploymentUnit {
  return defineUnit({
    name: app,
    project: `@ayna/${app}`,
    what: `the ${app} runs on the image of this commit`,
    settings,
    secrets: [],
    checks: ({ root }) => [
      {
        title: 'the pruned folder starts by itself, away from the repository',
        run: () => checkPrunedApp(root, app),
      },
    ],
    commands: (values) => {
      if (app === 'hub' && values.AYNA_WITH_HUB === 'false') return Promise.resolve([]);
      const repository = `ayna-${app}`;
      const image = `${values.AZURE_REGISTRY}/${repository}:${values.AYNA_IMAGE_TAG}`;
      const registry = values.AZURE_REGISTRY.replace(/\.azurecr\.io$/, '');
      const isPushed = {
        program: 'az',
        args: [
          ...['acr', 'repository', 'show', '--name', registry, '--output', 'tsv'],
          ...['--image', `${repository}:${values.AYNA_IMAGE_TAG}`, '--query', 'name'],
        ],
        prints: values.AYNA_IMAGE_TAG,
        says: 'the registry has this image',
      };
      const parameters = {
        prefix: values.AYNA_PREFIX,
        engine: values.AYNA_SQL_ENGINE,
        firebaseProject: values.GOOGLE_CLOUD_PROJECT,
        image,
        ...(values.AYNA_GOOGLE_PROVIDER === undefined
          ? {}
          : { googleProvider: values.AYNA_GOOGLE_PROVIDER }),
      };
      const commands: Command[] = [
        {
          why: 'the image is built, from a pruned workspace',
          program: 'docker',
          args: ['build', '--file', `apps/${app}/Dockerfile`, '--tag', image, '.'],
          unless: isPushed,
        },
        { why: 'docker may push', program: 'az', args: ['acr', 'login', '--name', registry] },
        {
          why: 'the registry gets the image',
          program: 'docker',
          args: ['push', image],
          unless: isPushed,
        },
        {
          why: `the ${app} takes the image and its settings`,
          program: 'az',
          args: [
            ...['deployment', 'group', 'create', '--name', `ayna-${app}`],
            ...['--resource-group', values.AZURE_RESOURCE_GROUP, '--output', 'none'],
            ...['--template-file', `tools/deploy/infrastructure/apps/${app}.bicep`],
            '--parameters',
            ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
          ],
        },
      ];
      return Promise.resolve(commands);
    },
  });
}
