import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { connectAdministration, mirrorTopology, provisionTopology } from '@ayna/service-bus';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Node } from 'web-tree-sitter';
import {
  bodyOf,
  declarations,
  openBicepParser,
  propertiesOf,
  stringOf,
  syntaxErrors,
  type ParseBicep,
} from '../src/infrastructure/bicep-parser.ts';
import { containerApps } from '../src/containers/container-apps.ts';
import { BICEP_FOLDER, bicepFiles } from '../src/infrastructure/bicep-files.ts';
import { bicepProblems } from '../src/infrastructure/bicep-problems.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, BICEP_FOLDER);
const files = await bicepFiles(root);

let parse: ParseBicep;
beforeAll(async () => {
  parse = await openBicepParser();
});

test.each(files)('%s is Bicep, and its modules get what they declare', async (file) => {
  expect(await bicepProblems(parse, file)).toEqual([]);
});

describe('what is no Bicep, or does not fit, is named with its place', () => {
  test('a syntax error by its line', () => {
    expect(syntaxErrors(parse("param a string\nresource b 'x@1' = {\n  name: \n"))).not.toEqual([]);
  });

  test('a module that is given another parameter than it declares', async () => {
    const main = await readFile(join(folder, 'main.bicep'), 'utf8');
    const other = main.replace('days: logDays', 'day: logDays');
    const parseOther: ParseBicep = (text) => parse(text === main ? other : text);
    const problems = await bicepProblems(parseOther, join(folder, 'main.bicep'));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('module logs has no parameter day');
    expect(problems[1]).toContain('module logs is not given days');
  });
});

test('no parameter but a secure one is named like a secret, and no output is', async () => {
  for (const file of files) {
    const tree = parse(await readFile(file, 'utf8'));
    for (const [name, node] of declarations(tree, 'parameter')) {
      if (
        /password|secret$|key$|token|connectionString/i.test(name) &&
        !node.text.includes('bool')
      ) {
        const before = tree.text.slice(0, node.endIndex);
        expect(`${file} ${before.slice(-200)}`).toContain('@secure()');
      }
    }
    const outputs = [...declarations(tree, 'output').values()].map(({ text }) => text).join('\n');
    expect(outputs).not.toMatch(/listKeys|password|primaryKey|connectionString/i);
  }
});

const TOPIC = ['requiresDuplicateDetection', 'duplicateDetectionHistoryTimeWindow'] as const;
const ORDERED = ['enableBatchedOperations', 'supportOrdering'] as const;
const SUBSCRIPTION = [
  'maxDeliveryCount',
  'lockDuration',
  'defaultMessageTimeToLive',
  'deadLetteringOnMessageExpiration',
  'deadLetteringOnFilterEvaluationExceptions',
  'enableBatchedOperations',
] as const;

test('the broker of the Bicep files is the one that provisionTopology makes', async () => {
  await using broker = await startServiceBusEmulator();
  const administration = connectAdministration({
    kind: 'connectionString',
    connectionString: broker.connectionString,
  });
  const { topic, subscriptions } = mirrorTopology();
  await provisionTopology(administration, mirrorTopology());
  const tree = parse(await readFile(join(folder, 'modules/service-bus.bicep'), 'utf8'));
  const written = new Map<string, ReadonlyMap<string, string>>();
  for (const [, resource] of declarations(tree, 'resource')) {
    if (!resource.text.includes('namespaces/topics')) continue;
    const body = propertiesOf(bodyOf(resource));
    const name = body?.get('name');
    const properties = propertiesOf(body?.get('properties')) ?? new Map<string, Node>();
    const values = [...properties].map(([key, value]) => [key, stringOf(value)] as const);
    if (name) written.set(stringOf(name), new Map(values));
  }
  expect([...written.keys()].sort()).toEqual(
    [topic, 'triggers-send', ...subscriptions.map(({ name }) => name)].sort(),
  );

  const made = await administration.getTopic(topic);
  for (const key of [...TOPIC, ...ORDERED]) {
    expect([key, written.get(topic)?.get(key)]).toEqual([key, String(made[key])]);
  }
  for (const { name } of subscriptions) {
    const subscription = await administration.getSubscription(topic, name);
    expect([...(written.get(name)?.keys() ?? [])].sort()).toEqual([...SUBSCRIPTION].sort());
    for (const key of SUBSCRIPTION) {
      expect([name, key, written.get(name)?.get(key)]).toEqual([
        name,
        key,
        String(subscription[key]),
      ]);
    }
  }
});

test('each container asks the program of its own image who it is, when Google wants to know', async () => {
  const texts = await Promise.all(
    containerApps.map((app) => readFile(join(folder, 'apps', `${app}.bicep`), 'utf8')),
  );
  const configurations = texts.map((text) =>
    propertiesOf(
      bodyOf(declarations(parse(text), 'variable').get('googleCredentials') ?? parse('')),
    ),
  );
  for (const configuration of configurations) {
    const source = propertiesOf(configuration?.get('credential_source'));
    const command = propertiesOf(source?.get('executable'))?.get('command');
    expect(command && stringOf(command)).toBe(
      '/usr/local/bin/node --no-warnings /app/dist/google-token.js api://${tenant().tenantId}/${prefix}-google',
    );
    expect([...(configuration?.keys() ?? [])].sort()).toEqual([
      'audience',
      'credential_source',
      'service_account_impersonation_url',
      'subject_token_type',
      'token_url',
      'type',
    ]);
  }
});
