import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnPglite, startPglite, type RunningDatabase } from '../src/index.ts';

let database: RunningDatabase;

beforeAll(async () => {
  database = await startPglite();
  await using client = await connect();
  await client.query('CREATE TABLE notes (id int PRIMARY KEY, body text)');
});
afterAll(() => database.close());

async function connect(): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client(database.url);
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

async function ids(): Promise<number[]> {
  await using client = await connect();
  const { rows } = await client.query<{ id: number }>('SELECT id FROM notes ORDER BY id');
  return rows.map(({ id }) => id);
}

test('keeps the statements of connections that ask at once apart', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, () => connect()));
  const asked = clients.flatMap((client, at) =>
    Array.from({ length: 25 }, async (_, n) => {
      const { rows } = await client.query<{ sum: number }>('SELECT $1::int + $2::int AS sum', [
        at * 100,
        n,
      ]);
      expect(rows).toEqual([{ sum: at * 100 + n }]);
    }),
  );
  await Promise.all(asked);
  await Promise.all(clients.map((client) => client.end()));
});

test('lets no other connection in between the statements of a transaction', async () => {
  await using client = await connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO notes VALUES (1)');
  const others = ids();
  await client.query('INSERT INTO notes VALUES (2)');
  await client.query('COMMIT');
  expect(await others).toEqual([1, 2]);
});

test('goes on after an error, inside a transaction and outside', async () => {
  await using client = await connect();
  await expect(client.query('SELECT 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' });
  await client.query('BEGIN');
  await expect(client.query('SELECT nothing')).rejects.toMatchObject({ code: '42703' });
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
  await client.query('ROLLBACK');
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('gives each connection prepared statements of its own', async () => {
  await using one = await connect();
  await using two = await connect();
  for (let round = 0; round < 2; round += 1) {
    expect((await one.query({ name: 's', text: 'SELECT $1::int AS a', values: [1] })).rows).toEqual(
      [{ a: 1 }],
    );
    expect(
      (await two.query({ name: 's', text: 'SELECT $1::text AS b', values: ['x'] })).rows,
    ).toEqual([{ b: 'x' }]);
  }
});

test('delivers notifications to every connection that listens', async () => {
  await using listener = await connect();
  await using sender = await connect();
  await listener.query('LISTEN news');
  const heard = once(listener, 'notification');
  await sender.query("NOTIFY news, 'hello'");
  expect(await heard).toMatchObject([{ channel: 'news', payload: 'hello' }]);
});

test('refuses COPY FROM STDIN and lives', async () => {
  await using client = await connect();
  await expect(client.query('COPY notes FROM STDIN')).rejects.toMatchObject({ code: '0A000' });
  await expect(client.query('COPY notes (id) FROM stdin WITH (FORMAT csv)')).rejects.toMatchObject({
    code: '0A000',
  });
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('takes a request to cancel, hangs up on it, and lives', async () => {
  await using client = await connect();
  const running = client.query('SELECT count(*)::int AS n FROM generate_series(1, 1000)');
  const request = Buffer.alloc(16);
  request.writeUInt32BE(16, 0);
  request.writeUInt32BE(80_877_102, 4);
  const socket = createConnection(database.port, '127.0.0.1');
  socket.resume().end(request);
  await once(socket, 'close');
  expect((await running).rows).toEqual([{ n: 1_000 }]);
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('hangs up on a client that does not speak the protocol, and lives', async () => {
  const socket = createConnection(database.port, '127.0.0.1');
  socket.resume().end('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'close');
  expect(await ids()).toBeDefined();
});

test('rolls back the transaction of a connection that closes, and lets the next one in', async () => {
  const client = await connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO notes VALUES (10)');
  const waiting = ids();
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
  expect(await waiting).not.toContain(10);
});

test('rolls back the transaction of a process that was killed', async () => {
  const require = createRequire(import.meta.url);
  const script = `
    const pg = require(${JSON.stringify(require.resolve('pg'))});
    const client = new pg.Client(${JSON.stringify(database.url)});
    client.connect().then(() => client.query('BEGIN')).then(() => client.query('INSERT INTO notes VALUES (20)'))
      .then(() => { process.stdout.write('open'); });
  `;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const waiting = ids();
  child.kill('SIGKILL');
  expect(await waiting).not.toContain(20);
  await using client = await connect();
  await client.query('INSERT INTO notes VALUES (20)');
});

test('runs in a process of its own until it is closed', async () => {
  const spawned = await spawnPglite();
  const client = new pg.Client(spawned.url);
  await client.connect();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  client.on('error', () => undefined);
  await spawned.close();
  await expect(new pg.Client(spawned.url).connect()).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

test('ends its process when the one that started it is killed', async () => {
  const index = new URL('../src/index.ts', import.meta.url).href;
  const script = `
    const { spawnPglite } = await import(${JSON.stringify(index)});
    process.stdout.write((await spawnPglite()).url);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(parent.stdout, 'data')) as [Buffer];
  const client = new pg.Client(url.toString());
  client.on('error', () => undefined);
  await client.connect();
  const ended = new Promise((resolve) => client.once('end', resolve));
  parent.kill('SIGKILL');
  await ended;
});

test('says why the process did not start', async () => {
  await expect(spawnPglite({ port: database.port })).rejects.toThrow(/EADDRINUSE/);
});
