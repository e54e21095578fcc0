import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAuditFile } from '../src/index.ts';
import { event, openLetters } from './dead-letters-under-test.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-audit-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function recordsIn(path: string): Promise<unknown[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

test('a discard leaves one record with all that the message held, and then the message is gone', async () => {
  await using t = await openLetters();
  await t.bury([event('m1'), { messageId: 'odd', body: Buffer.from([0, 255]) }], 'Oversize');
  const path = join(directory, 'discard.jsonl');
  const file = await openAuditFile(path);
  expect(await t.letters.discard({ ...t.run, audit: file.write })).toMatchObject({ done: 2 });
  await file.close();
  const original = event('m1');
  const [first, second] = (await recordsIn(path)) as [Record<string, unknown>, unknown];
  expect(first).toMatchObject({
    by: 'test',
    action: 'discard',
    reason: 'Oversize',
    path: 'conversations/c/messages/m1',
    newMessageId: null,
    message: { contentType: 'application/json', body: { json: JSON.stringify(original.body) } },
  });
  expect(Object.keys((first.message as { properties: object }).properties)).toEqual(
    Object.keys(original.applicationProperties),
  );
  expect(second).toMatchObject({ messageId: 'odd', message: { body: { base64: 'AP8=' } } });
  expect(await t.all()).toEqual([]);
});

test('what the audit cannot take stays a dead letter, unlocked', async () => {
  await using t = await openLetters();
  await t.bury([event('m1')]);
  const full = new Error('disk full');
  const audit = () => Promise.reject(full);
  await expect(t.letters.discard({ ...t.run, audit })).rejects.toBe(full);
  expect(await t.letters.discard(t.run)).toMatchObject({ done: 1 });
});

test('records are appended, after half a line of a run that was killed on a line of their own', async () => {
  await using t = await openLetters();
  await t.bury([event('m1'), event('m2')]);
  const path = join(directory, 'torn.jsonl');
  await writeFile(path, '{"action":"replay"}\n{"acti');
  for (let run = 0; run < 2; run += 1) {
    const file = await openAuditFile(path);
    await t.letters.discard({ ...t.run, limit: 1, audit: file.write });
    await file.close();
  }
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines.slice(0, 2)).toEqual(['{"action":"replay"}', '{"acti']);
  expect(lines.slice(2, -1).map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([
    'conversations/c/messages/m1',
    'conversations/c/messages/m2',
  ]);
});

test('a file that cannot be opened is told before anything is touched', async () => {
  await expect(openAuditFile(join(directory, 'no', 'such', 'folder'))).rejects.toMatchObject({
    code: 'InputInvalid',
  });
});
