import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChild } from '../src/index.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-processes-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function program(name: string, text: string): Promise<string> {
  const path = join(directory, `${name}.mjs`);
  // The channel to the parent does not keep a child alive.
  await writeFile(path, `setInterval(() => {}, 1000);${text}`);
  return path;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a child is ready with its first line or its first message, and talks on after it', async () => {
  const echo = "process.on('message', (m) => process.send({ echo: m }));";
  const line = await startChild(
    await program('line', `console.log(process.env.GREETING, process.argv[2]);${echo}`),
    { args: ['you'], env: { GREETING: 'hello' } },
  );
  expect(line.announcement).toBe('hello you');
  line.send({ n: 1 });
  expect(await line.message()).toEqual({ echo: { n: 1 } });
  await line.kill();
  await using message = await startChild(
    await program('message', `process.send({ port: 1 });${echo}`),
  );
  expect(message.announcement).toEqual({ port: 1 });
});

test('a child that ends before it is ready is an error with its own words', async () => {
  await expect(
    startChild(await program('broken', "console.error('no such luck');process.exit(3)")),
  ).rejects.toThrow(/no such luck/);
});

test('a child that never becomes ready can be given up', async () => {
  const signal = AbortSignal.timeout(500);
  await expect(startChild(await program('mute', ''), { signal })).rejects.toThrow(/did not start/);
});

test('how a child ended is told to whoever waits for it or for a message of it', async () => {
  const child = await startChild(
    await program(
      'ends',
      "console.log('up');process.on('message',()=>{console.error('bye');process.exit(7)})",
    ),
  );
  child.send({});
  await expect(child.message()).rejects.toThrow(/bye/);
  expect(await child.ended).toEqual({ code: 7, lastWords: 'bye' });
  await child.stop();
});

test('a child ends when its parent is killed', async () => {
  const child = await program('grandchild', 'console.log(String(process.pid))');
  const module = new URL('../src/index.ts', import.meta.url).href;
  const parent = await startChild(
    await program(
      'parent',
      `const {startChild}=await import(${JSON.stringify(module)});
       console.log((await startChild(${JSON.stringify(child)})).announcement);`,
    ),
  );
  const pid = Number(parent.announcement);
  expect(isAlive(pid)).toBe(true);
  await parent.kill();
  await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
});
