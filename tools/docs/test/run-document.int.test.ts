import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runDocument } from '../src/run-document.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ayna-document-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fence = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n\n`;

async function follow(...parts: readonly string[]) {
  const document = join(folder, 'document.md');
  await writeFile(document, parts.join(''));
  return runDocument(document, folder);
}

describe('a document is followed word for word', () => {
  test('files are written and changed, and commands see them', async () => {
    await follow(
      'Write `src/greeting.txt`:\n\n',
      fence('txt file=src/greeting.txt', 'Hello\n\nworld'),
      'In `src/greeting.txt`:\n\n',
      fence('diff file=src/greeting.txt', ' Hello\n \n-world\n+dear $& world'),
      fence('sh', 'cat src/greeting.txt'),
      fence('text output', 'Hello\n\ndear $& world'),
      fence('ts', 'this.is.only.shown()'),
    );
    expect(await readFile(join(folder, 'src/greeting.txt'), 'utf8')).toBe(
      'Hello\n\ndear $& world\n',
    );
  });

  test('variables, aliases and the folder hold from one command to the next', async () => {
    await follow(
      fence('sh', "export NAME=ayna\nalias say='echo it is'\nmkdir inner && cd inner"),
      fence('sh', 'say $NAME in $(basename "$PWD")'),
      fence('text output', 'it is ayna in inner'),
    );
  });

  test('what runs on in the background is there for the next command and gone at the end', async () => {
    await follow(
      fence('sh', 'tail -f /dev/null &\necho $! > pid'),
      fence('sh', 'kill -0 $(cat pid)'),
    );
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test('a command in a list or a quotation is followed, too', async () => {
    const { ran } = await follow('1. First\n\n   ```sh\n   true\n   ```\n\n> ```sh\n> :\n> ```\n');
    expect(ran.map(({ script }) => script)).toEqual(['true', ':']);
  });

  test('what is not run is told', async () => {
    const { ran, notRun } = await follow(fence('sh', 'true'), fence('sh not-run', 'az login'));
    expect(ran.map(({ script }) => script)).toEqual(['true']);
    expect(notRun).toEqual(['az login']);
  });

  test('`…` stands for what differs from run to run', async () => {
    await follow(
      fence('sh', 'echo took 12 ms; echo one; echo two; echo done'),
      fence('text output', 'took … ms\n…\ndone'),
    );
  });
});

describe('a document that is wrong fails, and names the line', () => {
  test.for([
    ['a command that fails', [fence('sh', 'false | true')], 'document.md:1: ended with 1, not 0'],
    ['a command that succeeds where it should not', [fence('sh exits=3', 'true')], 'ended with 0'],
    [
      'another output than shown',
      [fence('sh', 'echo one\necho two'), fence('text output', 'one')],
      'did not print what is shown',
    ],
    [
      'a change of lines that are not there',
      [
        'Write `a`, change `a`:\n\n',
        fence('txt file=a', 'x'),
        'Change `a`:\n\n',
        fence('diff file=a', '-y\n+z'),
      ],
      'stand in the file 0 times',
    ],
    [
      'a file that the reader is not told of',
      [fence('txt file=hidden', 'x')],
      'does not tell the reader to take `hidden`',
    ],
    ['a fence that means nothing', [fence('sh later', 'true')], 'nothing that can be followed'],
    ['an output of nothing', [fence('text output', 'x')], 'behind the command that makes it'],
  ] as const)('%s', async ([, parts, message]) => {
    await expect(follow(...parts)).rejects.toThrow(message);
  });
});

/** Whether the process lives; a dead one that nobody has buried does not. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z');
}
