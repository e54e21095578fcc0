import type { BackfillResult, ReadCost } from '@ayna/backfill';
import type { BackfillCommandOptions } from './command-options.ts';

/** What a backfill will read, cost and take, for a person. */
export function describeCost(
  { entities, remaining, reads, usd, seconds }: ReadCost,
  { rate, pricePer100k, parallel }: BackfillCommandOptions,
): string {
  const width = Math.max(...entities.map(({ name }) => name.length));
  const lines = entities.map(({ name, documents, done }) => {
    const before = done > 0 ? `, ${count(done)} of them done before` : '';
    return `  ${name.padEnd(width)}  ${count(documents)} documents${before}`;
  });
  const time =
    seconds === undefined
      ? `as fast as it goes (--rate max)`
      : `about ${duration(seconds)} at ${count(Number(rate))} documents/s`;
  return [
    'To be published:',
    ...lines,
    `Reads to pay for: about ${count(reads)} (${count(remaining)} documents, the rest for counting them), about ${usd.toFixed(2)} USD at ${pricePer100k} USD per 100,000 (list price; yours depends on the location).`,
    `Time: ${time}, ${parallel} partitions at once.`,
    '',
  ].join('\n');
}

/** How a backfill ended, for a person. */
export function describeResult(
  { outcome, published, rejected }: BackfillResult,
  seconds: number,
  { checkpoint, rejected: file }: BackfillCommandOptions,
): string {
  const done = `${count(published)} documents were published`;
  const refused =
    rejected === 0
      ? ''
      : ` ${count(rejected)} cannot be mirrored as they are${file === undefined ? ' (--rejected FILE lists them all)' : `; ${file} lists them all`}.`;
  switch (outcome) {
    case 'finished':
      return `Finished: ${done} in ${duration(seconds)}.${refused}\nOnce the queue is empty, compare: ayna mirror check\n`;
    case 'alreadyFinished':
      return `Nothing to do: by the checkpoint ${checkpoint} this backfill is finished, ${done}.${refused}\nTo publish all of it again: --restart\n`;
    case 'interrupted':
      return `Stopped: ${done}.${refused}\nThe same command goes on from there, by the checkpoint ${checkpoint}.\n`;
  }
}

/** 65490 as `65,490`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** 3725 seconds as `1 h 2 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${count(Math.floor(whole / 3_600))} h ${Math.floor((whole % 3_600) / 60)} min`;
}
