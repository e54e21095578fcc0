import { murmurHash } from './murmur-hash.ts';

/** Cohorts are as fine as a hundredth of a percent. */
const BUCKETS = 10_000;

/**
 * Where a user stands among all users, from 0 up to, but not, 100: the same for the same flag and
 * user on every device and server, for ever, and evenly spread. Flags are independent of each
 * other, so that nobody is always the first to try everything.
 */
export function cohortOf(flagKey: string, userId: string): number {
  return (murmurHash(`${flagKey}\0${userId}`) % BUCKETS) / 100;
}
