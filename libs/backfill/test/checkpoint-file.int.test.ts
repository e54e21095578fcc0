import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dmMessage, entities, type Entity } from '@ayna/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCheckpoint, openCheckpointFile, runBackfill } from '../src/index.ts';
import { numberedDocuments } from './numbered-documents.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-checkpoint-'));
  file = join(directory, 'checkpoint.json');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function backfillInto(path: string, chosen: readonly Entity[] = [dmMessage]) {
  const checkpoint = await openCheckpointFile(path);
  try {
    return await runBackfill({
      entities: chosen,
      source: numberedDocuments(20),
      destination: 'sb://here/topic',
      publish: () => Promise.resolve(),
      checkpoint,
      rate: 'max',
      signal: new AbortController().signal,
    });
  } finally {
    await checkpoint.close();
  }
}

describe('a checkpoint file', () => {
  test('leaves nothing beside it when it is closed', async () => {
    await backfillInto(file);
    expect(await readdir(directory)).toEqual(['checkpoint.json']);
  });

  test('of a finished run says so and publishes nothing again', async () => {
    await backfillInto(file);
    expect(await backfillInto(file)).toMatchObject({
      outcome: 'alreadyFinished',
      published: 20,
      sent: 0,
      read: 0,
    });
  });

  test.for([
    ['of another database', 'is of the database //memory', { source: '//elsewhere' }],
    ['of another topic', 'is of the topic sb://here/topic', { destination: 'sb://there/topic' }],
    ['of other entities', 'is of dm.message, not of dm.conversation', { entities }],
  ] as const)('%s is refused, and left as it is', async ([, sentence, other]) => {
    await backfillInto(file);
    const before = await readFile(file, 'utf8');
    const checkpoint = await openCheckpointFile(file);
    const work = { source: '//memory', destination: 'sb://here/topic', entities: [dmMessage] };
    await expect(loadCheckpoint(checkpoint, { ...work, ...other })).rejects.toMatchObject({
      code: 'CheckpointUnusable',
      message: expect.stringContaining(sentence) as string,
    });
    await checkpoint.close();
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test.for([
    ['cut short', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['of another format', (text: string) => text.replace('"format": 1', '"format": 99')],
    ['with a key of another entity', (text: string) => text.replaceAll('messageId', 'targetId')],
  ] as const)('%s is refused, and left as it is', async ([, damage]) => {
    await backfillInto(file);
    const damaged = damage(await readFile(file, 'utf8'));
    await writeFile(file, damaged);
    await expect(backfillInto(file)).rejects.toMatchObject({ code: 'CheckpointUnusable' });
    expect(await readFile(file, 'utf8')).toBe(damaged);
  });

  test('that cannot be written ends the run with its name', async () => {
    await expect(openCheckpointFile(join(directory, 'no', 'such.json'))).rejects.toMatchObject({
      code: 'CheckpointUnusable',
      message: expect.stringContaining('such.json') as string,
    });
  });
});

describe('two backfills on one checkpoint', () => {
  const lock = (holder: object) => writeFile(`${file}.lock`, JSON.stringify(holder));
  const stale = () => ({ pid: 1, host: hostname(), id: 'earlier' });

  test('at once: the second is refused and told who holds it', async () => {
    const first = await openCheckpointFile(file);
    await expect(openCheckpointFile(file)).rejects.toMatchObject({
      code: 'CheckpointUnusable',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await first.close();
    await (await openCheckpointFile(file)).close();
  });

  test('a lock of a process that lives is respected, whoever it is', async () => {
    await lock({ ...stale(), pid: process.ppid });
    await expect(openCheckpointFile(file)).rejects.toThrow(`process ${process.ppid}`);
  });

  test('a lock of a process that was killed is taken over, by exactly one of many', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    for (let round = 0; round < 100; round += 1) {
      await lock({ ...stale(), pid: child.pid });
      const attempts = await Promise.allSettled(
        Array.from({ length: 10 }, () => openCheckpointFile(file)),
      );
      const taken = attempts.flatMap((attempt) =>
        attempt.status === 'fulfilled' ? [attempt.value] : [],
      );
      expect(taken).toHaveLength(1);
      await taken[0]?.close();
      expect(await readdir(directory)).toEqual([]);
    }
  });

  test('a lock whose taking over was cut short by another death is taken over', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await lock({ ...stale(), pid: child.pid });
    await writeFile(
      `${file}.lock.earlier.takeover`,
      JSON.stringify({ ...stale(), pid: child.pid, id: 'later' }),
    );
    await (await openCheckpointFile(file)).close();
    expect(await readdir(directory)).toEqual([]);
  });

  test('a lock of this very pid from an earlier life, as in a container, is taken over', async () => {
    await lock({ ...stale(), pid: process.pid });
    await (await openCheckpointFile(file)).close();
  });

  test.for([
    ['of another host', JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' })],
    ['that is not ours', 'locked'],
  ] as const)('a lock %s is left alone', async ([, text]) => {
    await writeFile(`${file}.lock`, text);
    await expect(openCheckpointFile(file)).rejects.toMatchObject({ code: 'CheckpointUnusable' });
    expect(await readFile(`${file}.lock`, 'utf8')).toBe(text);
  });
});
