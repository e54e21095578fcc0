import type { NumberMeaning } from './error-numbers.ts';

const patterns: readonly (readonly [RegExp, NumberMeaning])[] = [
  [
    /deadlock|lock timeout|cancell?ing statement|could not serialize|concurrent (update|delete)|(shutting|shut) down|starting up|terminating connection|too many (clients|connections)|(out of|insufficient) (memory|disk)|in recovery|read-only transaction|(try|run) (it |the .* )?again|\bre(try|run)\b/i,
    { kind: 'unavailable', aboutSchema: false },
  ],
  [
    /^(database|role|login) .* does not exist|cannot open database|login failed/i,
    { kind: 'misconfigured', aboutSchema: false },
  ],
  [
    /does not exist|permission (was )?denied|could not find (the )?stored procedure|invalid (object|column) name|must be owner|syntax error|is not (currently )?supported/i,
    { kind: 'misconfigured', aboutSchema: true },
  ],
];

/**
 * What the words of a message mean whose number says nothing: some servers that speak the protocol
 * of SQL Server give one number to all errors that they have not mapped.
 */
export function kindOfWords(message: string): NumberMeaning | undefined {
  return patterns.find(([pattern]) => pattern.test(message))?.[1];
}
