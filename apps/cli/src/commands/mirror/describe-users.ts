import type { UserCheckReport } from '@ayna/consistency';
import { plainLine } from '../../table.ts';
import { count } from './backfill-text.ts';

/** What a check of the users found, for a person. */
export function describeUsers({ auth }: UserCheckReport): string[] {
  const { examples } = auth;
  return [
    '',
    `Users: ${count(auth.seenInSql)} in SQL, ${count(auth.missingInAuth)} of them missing in Firebase Auth, ${count(auth.disabled)} disabled;`,
    `       ${count(auth.authUsers)} in Firebase Auth, ${count(auth.notSeenInSql)} of them not seen in SQL.`,
    ...examples.missingInAuth.map(
      ({ uid, entities }) => `  missingInAuth ${plainLine(uid)} (${entities.join(', ')})`,
    ),
  ];
}
