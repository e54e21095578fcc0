import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { startScriptedTds } from '@ayna/emulator-sql';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSecrets, type PlantedSecret } from '../src/planted-secret.ts';
import { listenTo, unusedPort, type ProgramRun, type Said } from '../src/program.ts';
import { contents, encoded, keys, openGuardedEnds, type GuardedEnds } from './ends.ts';

const main = (name: string) => fileURLToPath(import.meta.resolve(`@ayna/${name}/main`));
const programs = {
  writer: main('writer'),
  hub: main('hub'),
  checker: main('checker'),
  ayna: main('cli'),
  demo: main('demo'),
  triggers: fileURLToPath(new URL('../src/triggers-program.ts', import.meta.url)),
  gateway: fileURLToPath(new URL('../src/gateway-program.ts', import.meta.url)),
};
type Program = keyof typeof programs;

const everyKey = Object.values(keys);
const everySecret: readonly PlantedSecret[] = [...everyKey, ...Object.values(contents)];

let ends: GuardedEnds;
beforeAll(async () => {
  ends = await openGuardedEnds();
});
afterAll(() => ends[Symbol.asyncDispose]());

interface Listening extends Partial<Omit<ProgramRun, 'entry'>> {
  /** What it must have said, so that it is known to have met what it was to meet. */
  readonly says: RegExp;
  /** @defaultValue all secrets */
  readonly secrets?: readonly PlantedSecret[];
}

/** Runs a program with every secret planted, and finds none in all that it lets out. */
async function keepsSilent(program: Program, listening: Listening): Promise<Said> {
  const { says, secrets = everySecret, env = {}, ...run } = listening;
  const said = await listenTo({
    entry: programs[program],
    folder: await ends.folder(),
    ...run,
    env: { ...ends.env, PORT: '0', HUB_PORT: '0', ...env },
  });
  expect(findSecrets(said.text, secrets)).toEqual([]);
  expect(said.text).toMatch(says);
  return said;
}

/** The same of a program that serves `/status` and `/metrics`. */
async function keepsSilentServing(
  program: Program,
  until: (said: string, status: () => Promise<string>) => boolean | Promise<boolean>,
  { env, ...more }: Listening,
): Promise<Said> {
  const opsPort = await unusedPort();
  const status = () =>
    fetch(`http://127.0.0.1:${opsPort}/status`).then(
      (response) => response.text(),
      () => '',
    );
  return keepsSilent(program, {
    ...more,
    opsPort,
    env: { ...env, PORT: String(opsPort) },
    until: (said) => until(said, status),
  });
}

const post = async (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.text();
};

describe('a mirror that works, with documents that are private', () => {
  const large = contents.large.text.padEnd(400_000, ' x');

  beforeAll(async () => {
    const messages = ends.firestore.collection('conversations/c/messages');
    await messages.doc('plain').set({ authorId: 'ada', body: contents.body.text });
    await messages.doc('large').set({ authorId: 'ada', body: large });
    await messages.doc('unmirrorable').set({ body: { secret: contents.broken.text } });
    await messages.doc('cast').set({ body: contents.refused.text });
    await messages.doc('refused').set({ body: contents.refused.text });
    await ends.firestore.doc('conversations/c').set({
      ownerId: 'ada',
      peerIds: ['bob'],
      lastMessagePreview: contents.preview.text,
    });
    // What a database administrator may have added: it refuses rows, one with words that repeat them.
    await sql
      .raw(
        `ALTER TABLE dm_messages_mirror ADD CHECK (message_id <> 'refused'), ADD CHECK (message_id <> 'cast' OR body::integer > 0)`,
      )
      .execute(ends.database.kysely);
  });

  test('triggers', async () => {
    const documents = {
      'conversations/c/messages/triggered': contents.body.text,
      'conversations/c/messages/claimed': contents.large.text,
    };
    await keepsSilent('triggers', {
      says: /^delivered$/m,
      args: [JSON.stringify(documents)],
      until: (said) => said.includes('delivered'),
    });
  });

  test('ayna mirror backfill, with documents that cannot be mirrored', async () => {
    await keepsSilent('ayna', {
      args: ['mirror', 'backfill', '--json', '--rejected', 'rejected.jsonl'],
      says: /rejected\.jsonl: .*unmirrorable/,
    });
  });

  test('writer, with messages that break the contract and rows that SQL refuses', async () => {
    const subject = 'conversations/c/messages/broken';
    const data = {
      conversationId: 'c',
      messageId: 'broken',
      operation: 'create',
      sourceVersion: '1',
      document: JSON.stringify({ body: { map: contents.broken.text } }),
      previousDocument: null,
      occurredAt: new Date().toISOString(),
      attempt: 1,
    };
    await ends.publishRaw([
      { type: 'dm.message.create', subject, body: data },
      {
        type: 'dm.message.create',
        subject,
        body: { ...data, sourceVersion: contents.broken.text },
      },
      { type: 'dm.message.create', subject, body: { ...data, document: contents.broken.text } },
      { type: 'dm.message.create', subject, body: contents.broken.text },
      { type: 'dm.unknown.create', subject, body: data },
      { type: 'dm.message.create', subject: 'elsewhere', body: data },
    ]);
    // Six broken messages, and the two that SQL refuses.
    const done = /"inHand":0,.*"deadLettered":8\b/;
    await keepsSilentServing('writer', async (_, status) => done.test(await status()), {
      says: /dead-lettered a message/,
    });
  });

  test.for([
    ['list', ['dlq', 'list'], /SqlRejected/],
    ['list, for programs', ['dlq', 'list', '--json'], /"reason":"SqlRejected"/],
    ['replay', ['dlq', 'replay', '--reason', 'UnknownEntity', '--json'], /ayna-audit\.jsonl: \{/],
  ] as const)('ayna dlq %s', async ([, args, says]) => {
    await keepsSilent('ayna', { args, says });
  });

  test('ayna dlq show and the record of a discard hold the message, and no key', async () => {
    const listed = await keepsSilent('ayna', {
      args: ['dlq', 'list', '--json', '--reason', 'SqlRejected'],
      says: /sequenceNumber/,
    });
    const number = /"sequenceNumber":"?(\d+)/.exec(listed.text)?.[1] ?? '';
    const shown = await keepsSilent('ayna', {
      args: ['dlq', 'show', number],
      says: /SqlRejected/,
      secrets: everyKey,
    });
    expect(findSecrets(shown.text, [contents.refused])).not.toEqual([]);
    const discarded = await keepsSilent('ayna', {
      args: ['dlq', 'discard', number, '--yes'],
      says: /ayna-audit\.jsonl: \{/,
      secrets: everyKey,
    });
    expect(findSecrets(discarded.text, [contents.refused])).not.toEqual([]);
  });

  test.for([
    ['mirror check', ['mirror', 'check', '--report', 'report.json', '--json'], /missingInSql/],
    ['mirror check, for people', ['mirror', 'check', '--auth'], /drift/i],
    ['mirror repair', ['mirror', 'repair', '--dry-run', '--json'], /unrepairable/],
    ['mirror cutover', ['mirror', 'cutover', '--to', 'B', '--provider', 'file', '--json'], /drift/],
  ] as const)('ayna %s', async ([, args, says]) => {
    await sql`UPDATE dm_messages_mirror SET body = 'tampered' WHERE message_id = 'plain'`.execute(
      ends.database.kysely,
    );
    await keepsSilent('ayna', { args, says, env: { CHECK_PAUSE_MS: '100' } });
  });

  test('checker', async () => {
    await keepsSilent('checker', {
      says: /"path":"conversations\/c\/messages\/plain"/,
      env: { CHECK_PAUSE_MS: '100', CHECK_AUTH: 'true', CHECK_REPORT: 'report.json' },
    });
  });

  test('hub, with tokens that are good and bad', async () => {
    const hubPort = await unusedPort();
    const url = `http://127.0.0.1:${hubPort}/realtime`;
    const token = await ends.idToken('ada');
    const answers: string[] = [];
    const ask = async (text: string) => {
      if (!text.includes('hub started')) return false;
      for (const bearer of [token, keys.idToken.text, '']) {
        const headers = { authorization: `Bearer ${bearer}` };
        for (const path of ['negotiate', 'changes', `changes?token=${keys.idToken.text}`]) {
          answers.push(await post(`${url}/${path}`, { cursor: keys.idToken.text }, headers));
        }
      }
      return true;
    };
    const said = await keepsSilentServing('hub', ask, {
      says: /hub started/,
      env: { HUB_PORT: String(hubPort) },
    });
    expect(said.text).not.toContain(token);
    expect(findSecrets(answers.join('\n'), everyKey)).toEqual([]);
  });

  test('gateway, with calls that are good and bad, and a Redis that is away', async () => {
    const token = await ends.idToken('ada');
    const answers: string[] = [];
    const said = await keepsSilent('gateway', {
      says: /a call was refused|a call failed/,
      env: { GATEWAY_ENFORCE_APP_CHECK: 'false' },
      until: async (text) => {
        const url = /^at (\S+)$/m.exec(text)?.[1];
        if (url === undefined) return false;
        const data = { conversationId: 'c', messageId: 'refused' };
        const wrong = { data: { conversationId: contents.body.text, messageId: 3 } };
        for (const bearer of [token, keys.idToken.text]) {
          const headers = {
            authorization: `Bearer ${bearer}`,
            'x-firebase-appcheck': keys.appCheck.text,
          };
          for (const body of [{ data }, { data: { ...data, messageId: 'cast' } }, wrong]) {
            answers.push(await post(`${url}/sqlGatewayEnsureMessage`, body, headers));
          }
        }
        return true;
      },
    });
    expect(said.text).not.toContain(token);
    expect(findSecrets(answers.join('\n'), everySecret)).toEqual([]);
  });

  test('gateway, with App Check tokens that are bad', async () => {
    await keepsSilent('gateway', {
      says: /AppCheck|App Check/,
      env: { GATEWAY_ENFORCE_APP_CHECK: 'true' },
      until: async (text) => {
        const url = /^at (\S+)$/m.exec(text)?.[1];
        if (url === undefined) return false;
        const headers = { 'x-firebase-appcheck': keys.appCheck.text };
        await post(`${url}/sqlGatewayEnsureMessage`, { data: {} }, headers);
        return true;
      },
    });
  });

  test('demo, with an input of which lines are malformed', async () => {
    const folder = await ends.folder();
    const lines = [
      { path: 'conversations/d/messages/m', data: { body: contents.body.text } },
      { path: 'conversations/d/messages/n', body: contents.broken.text },
      contents.broken.text,
    ];
    const input = join(await ends.folder(), 'input.jsonl');
    await writeFile(input, lines.map((line) => `${JSON.stringify(line)}\n{ half\n`).join(''));
    await keepsSilent('demo', { folder, args: ['--input', input], says: /skipped/ });
  });
});

/** `DATABASE_URL`s that nothing can be done with, each with a password in it. */
const malformed: readonly string[] = [
  `postgres:/user:${keys.wrong.text}@host/db`,
  `postgres://user:${keys.wrong.text}@host:port/db`,
  `postgres://user:%zz${keys.wrong.words.join('%')}@127.0.0.1/db`,
  `mysql://user:${encoded(keys.wrong.text)}@host/db`,
  keys.wrong.text,
  `mssql://user:${keys.wrong.text}@host:port/db`,
  `mssql://user:${encoded(keys.wrong.text)}@host/db?pasword=${encoded(keys.wrong.text)}`,
  `mssql://user@host/db?authentication=${encoded(keys.wrong.text)}`,
  `Server=tcp:host,1433;Password=${keys.wrong.text};Surprise=${keys.wrong.text}`,
  `Server=tcp:host,port;Password="${keys.wrong.text}`,
];

describe.concurrent('a setting that is malformed', () => {
  test.for(malformed.map((url) => [url.slice(0, 12), url] as const))(
    'DATABASE_URL %s...: writer',
    async ([, url]) => {
      await keepsSilent('writer', {
        env: { DATABASE_URL: url },
        says: /Invalid|Unavailable|URI|Rejected/,
        until: (said) => said.includes('waiting for SQL'),
      });
    },
  );

  test.for([malformed[1] ?? '', malformed[8] ?? ''].map((url) => [url.slice(0, 12), url] as const))(
    'DATABASE_URL %s...: checker, ayna and hub',
    async ([, url]) => {
      const env = { DATABASE_URL: url };
      const says = /Invalid|Unavailable|URI/;
      await keepsSilent('checker', { env, says });
      await keepsSilent('ayna', { env, says, args: ['mirror', 'check', '--json'] });
      await keepsSilent('hub', { env, says, until: (said) => said.includes('waiting') });
    },
  );

  test.for([
    [
      'writer',
      'SERVICEBUS_CONNECTION_STRING',
      `Endpoint=sb://h/;SharedAccessKey=${keys.wrong.text}`,
    ],
    ['ayna', 'SERVICEBUS_CONNECTION_STRING', `sb://key:${keys.wrong.text}@h`],
    ['hub', 'WEBPUBSUB_CONNECTION_STRING', `Endpoint=;AccessKey=${keys.wrong.text}`],
    ['hub', 'WEBPUBSUB_CONNECTION_STRING', keys.wrong.text],
    ['hub', 'SERVICEBUS_CONNECTION_STRING', keys.wrong.text],
  ] as const)('%s: %s', async ([program, name, value]) => {
    const args = program === 'ayna' ? ['dlq', 'list'] : [];
    await keepsSilent(program, { args, env: { [name]: value }, says: /Invalid/ });
  });

  test('gateway: REDIS_URL', async () => {
    const token = await ends.idToken('ada');
    for (const redis of [`redis://:${keys.wrong.text}@h`, keys.wrong.text]) {
      await keepsSilent('gateway', {
        env: { REDIS_URL: redis, GATEWAY_ENFORCE_APP_CHECK: 'false' },
        says: /^at /m,
        until: async (text) => {
          const url = /^at (\S+)$/m.exec(text)?.[1];
          if (url === undefined) return false;
          const answer = await post(
            `${url}/sqlGatewayEnsureMessage`,
            { data: { conversationId: 'c', messageId: 'plain' } },
            { authorization: `Bearer ${token}` },
          );
          expect(findSecrets(answer, everySecret)).toEqual([]);
          return true;
        },
      });
    }
  });
});

describe.concurrent('a password or key that is refused', () => {
  const wrongDatabase = () =>
    `postgresql://guarded:${encoded(keys.wrong.text)}@127.0.0.1:${ends.postgresPort}/postgres`;
  const wrongKey = () =>
    ends.env.SERVICEBUS_CONNECTION_STRING?.replace(keys.broker.text, keys.wrong.text) ?? '';

  test.for(['writer', 'checker', 'ayna', 'hub', 'demo'] as const)(
    'by PostgreSQL: %s',
    async (program) => {
      await keepsSilent(program, {
        env: { DATABASE_URL: wrongDatabase() },
        args: program === 'ayna' ? ['mirror', 'check'] : [],
        says: /password authentication failed/,
        until: (said) => said.includes('password authentication failed'),
      });
    },
  );

  test.for(['writer', 'ayna', 'triggers', 'hub'] as const)(
    'by Service Bus: %s',
    async (program) => {
      const documents = { 'conversations/c/messages/m': contents.body.text };
      await keepsSilent(program, {
        env: {
          SERVICEBUS_CONNECTION_STRING: wrongKey(),
        },
        args: program === 'ayna' ? ['dlq', 'list'] : [JSON.stringify(documents)],
        says: /BrokerRejected|InvalidSignature/,
        until: (said) => /BrokerRejected|InvalidSignature/.test(said),
      });
    },
  );

  test('by SQL Server, which repeats what it was given: writer and ayna', async () => {
    await using server = await startScriptedTds();
    const message = `Login failed for user 'sa'. Password=${keys.wrong.text}`;
    server.onLogin({ kind: 'errors', errors: [{ number: 18456, message, severity: 14 }] });
    const url = `mssql://sa:${encoded(keys.sqlServer.text)}@127.0.0.1:${server.port}/mirror?encrypt=false`;
    const listening = { env: { DATABASE_URL: url }, says: /Login failed/ };
    await keepsSilent('writer', { ...listening, secrets: everySecret });
    await keepsSilent('ayna', { ...listening, args: ['mirror', 'check', '--json'] });
  });

  test('by SQL Server, of a login with a token: writer', async () => {
    await using server = await startScriptedTds({ entraId: true });
    const message = `Login failed for user '<token-identified principal>'.`;
    server.onLogin({ kind: 'errors', errors: [{ number: 18456, message, severity: 14 }] });
    const url = `mssql://127.0.0.1:${server.port}/mirror?encrypt=false`;
    const env = { DATABASE_URL: url, SQL_ACCESS_TOKEN: keys.sqlToken.text };
    await keepsSilent('writer', { env, says: /Login failed/ });
  });

  test('by nobody, because the private key of Google cannot be used: ayna', async () => {
    await keepsSilent('ayna', {
      env: { FIRESTORE_EMULATOR_HOST: '' },
      args: ['mirror', 'check'],
      says: /FirestoreRejected/,
    });
  });
});

describe.concurrent('an end that is away', () => {
  test.for([
    ['writer', /waiting for SQL/],
    ['hub', /waiting for/],
    ['checker', /SqlUnavailable/],
    ['ayna', /SqlUnavailable/],
  ] as const)('SQL: %s', async ([program, says]) => {
    const url = `postgresql://guarded:${encoded(keys.postgres.text)}@127.0.0.1:${ends.deafPort}/postgres`;
    const args = program === 'ayna' ? ['mirror', 'check'] : [];
    await keepsSilentServing(program, (said) => says.test(said), {
      env: { DATABASE_URL: url },
      args,
      says,
    });
  });

  test.for([
    ['writer', /waiting for the broker/],
    ['hub', /waiting for the broker/],
    ['triggers', /BrokerUnavailable/],
    ['ayna', /BrokerUnavailable/],
  ] as const)('Service Bus: %s', async ([program, says]) => {
    const connectionString = ends.env.SERVICEBUS_CONNECTION_STRING?.replace(
      String(ends.brokerPort),
      String(ends.deafPort),
    );
    const documents = { 'conversations/c/messages/m': contents.body.text };
    await keepsSilent(program, {
      env: {
        SERVICEBUS_CONNECTION_STRING: connectionString ?? '',
        SERVICEBUS_PUBLISH_RETRY_COUNT: '0',
      },
      args: program === 'ayna' ? ['dlq', 'list'] : [JSON.stringify(documents)],
      says,
      until: (said) => says.test(said),
    });
  });
});
