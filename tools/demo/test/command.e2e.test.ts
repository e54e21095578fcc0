import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDemoCommand, startDemo } from './run-command.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-demo-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

const line = (path: string, data: object) => JSON.stringify({ path, data });
const GOOD = [
  line('conversations/c', { ownerId: 'a', peerIds: ['b', 'c'] }),
  line('conversations/c/messages/m', {
    body: 'şöyle 😀 \u0000 שלום',
    media: { size: { __datatype__: 'integer', value: '9007199254740993' }, at: null },
    createdAt: {
      __datatype__: 'timestamp',
      value: { _seconds: 1_100_000_000, _nanoseconds: 1_000 },
    },
  }),
  line('follows/a/targets/a', { edgeType: 'follow' }),
];

describe('pnpm demo', () => {
  test('--json prints one line of JSON and nothing else, and ends in step', async () => {
    const { code, stdout } = await runDemoCommand(
      '--documents',
      '300',
      '--duplicate',
      '3',
      '--shuffle',
      '--json',
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const report = JSON.parse(stdout) as Record<string, number>;
    expect(report).toMatchObject({
      documents: 300,
      deadLettered: 0,
      drift: { missing: 0, extra: 0, different: 0, checked: 300 },
    });
    expect(Object.keys(report)).toEqual([
      'documents',
      'events',
      'applied',
      'stale',
      'duplicate',
      'deadLettered',
      'eventsPerSecond',
      'latencyMs',
      'drift',
      'peakRssMb',
    ]);
    expect(code).toBe(0);
  });

  test('loads a gzip file, skipping malformed lines by their numbers', async () => {
    const lines = [GOOD[0], '{oops', GOOD[1], '{"path":"conversations/x"}', '', GOOD[2]];
    const input = await file('mixed.jsonl.gz', gzipSync(lines.join('\n')));
    const { code, stdout, stderr } = await runDemoCommand('--input', input, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      documents: 3,
      events: 3,
      drift: { checked: 3, missing: 0 },
    });
    expect(stderr).toContain('skipped: line 2 is not JSON');
    expect(stderr).toContain(
      'skipped: line 4 is not an object with a text "path" and an object "data"',
    );
    expect(code).toBe(0);
  });

  test('mirrors documents that are too large to travel, and reports those Firestore refuses', async () => {
    const large = (size: number) =>
      line(`conversations/l/messages/${size}`, { body: 'ğ'.repeat(size) });
    const input = await file(
      'large.jsonl',
      [large(200_000), large(500_000), large(600_000)].join('\n'),
    );
    const { code, stdout, stderr } = await runDemoCommand('--input', input, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ documents: 2, applied: 2, drift: { checked: 2 } });
    expect(stderr).toContain('line 3:');
    expect(code).toBe(0);
  });

  test('keeps what it wrote in --data-dir and is in step again on the next run', async () => {
    const data = join(directory, 'kept');
    const input = await file('good.jsonl', GOOD.join('\n'));
    const first = await runDemoCommand('--input', input, '--data-dir', data, '--json');
    const second = await runDemoCommand('--documents', '50', '--data-dir', data, '--json');
    expect([first.code, second.code]).toEqual([0, 0]);
  });

  test('--strict refuses the file at the first malformed line and starts nothing', async () => {
    const input = await file('strict.jsonl', `${GOOD.join('\n')}\nnull\n`);
    const { code, stdout, stderr } = await runDemoCommand('--input', input, '--strict');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('line 4 is not an object');
  });

  test.for([
    ['a missing file', () => Promise.resolve('/no/such/file.jsonl'), 'does not exist'],
    [
      'a gzip file cut short',
      () => file('cut.gz', gzipSync(GOOD.join('\n')).subarray(0, 60)),
      'not a readable gzip file',
    ],
    ['a gzip file in name only', () => file('text.gz', 'hello'), 'not a readable gzip file'],
    [
      'an unknown collection',
      () => file('unknown.jsonl', line('people/p', {})),
      '"people/p" belongs to no mirrored collection',
    ],
    ['a directory', () => Promise.resolve(directory), 'cannot be read'],
  ] as const)('says in one sentence that the input is %s', async ([, input, sentence]) => {
    const { code, stdout, stderr } = await runDemoCommand('--input', await input());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
  });

  test.for([['--rate', 'slow'], ['--duplicate', '0'], ['--documents', '1e3'], ['--colour']])(
    'refuses %s %s with exit code 2, naming the option',
    async (args) => {
      const { code, stderr } = await runDemoCommand(...args);
      expect(code).toBe(2);
      expect(stderr).toContain(args[0]);
    },
  );

  test('stops at Ctrl-C and says what was done', async () => {
    const demo = startDemo('--documents', '1000000');
    await demo.hasPrinted('events in SQL');
    demo.interrupt();
    const { code, stderr } = await demo.finished;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Stopped: [\d,]+ documents were written/);
  });
});
