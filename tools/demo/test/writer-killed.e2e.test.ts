import { expect, test } from 'vitest';
import type { Ends } from '../src/embedded-ends.ts';
import type { LoadProgress } from '../src/load.ts';
import { demoOptions } from '../src/options.ts';
import { isInStep } from '../src/report.ts';
import { runDemo } from '../src/run-demo.ts';

const DOCUMENTS = 1_500;
const KILLS_AT = [300, 700, 1_100];

test('a writer killed three times in the middle of a load loses nothing', async () => {
  const kills: number[] = [];
  const result = await runDemo(
    demoOptions(['--documents', String(DOCUMENTS), '--duplicate', '2', '--shuffle', '--json']),
    {
      signal: new AbortController().signal,
      note: (text) => expect.fail(text),
      onRunning: (ends, progress) => void killAndRestart(ends, progress, kills),
    },
  );
  expect(kills).toEqual(KILLS_AT);
  expect(result).toMatchObject({
    kind: 'finished',
    examples: [],
    report: { documents: DOCUMENTS, deadLettered: 0 },
  });
  expect(result.kind === 'finished' && isInStep(result.report)).toBe(true);
});

async function killAndRestart(ends: Ends, progress: LoadProgress, kills: number[]): Promise<void> {
  for (const at of KILLS_AT) {
    while (progress.writes < at) await new Promise((resolve) => setImmediate(resolve));
    await ends.writer().kill();
    kills.push(at);
    await ends.restartWriter();
  }
}
