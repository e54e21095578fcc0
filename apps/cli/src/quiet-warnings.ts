import { noteLine } from './output.ts';

/** What client libraries say to their programmers, and nobody who runs `ayna` can act on. */
const IRRELEVANT: ReadonlySet<string> = new Set([
  // Of google-gax, for every use of Firestore's `getPartitions`.
  'AutopaginateTrueWarning',
]);

/** Keeps such warnings of Node from standard error; the others are one line each. */
export function quietWarnings(): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    if (!IRRELEVANT.has(name)) noteLine(`${name}: ${message}`);
  });
}
