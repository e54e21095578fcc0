import type { Entity } from '@ayna/contract';
import type { AuthUsers } from '@ayna/firebase-auth';
import type { MirrorStore } from '@ayna/sql-gateway';
import { DEFAULT_RECHECK, type RecheckPolicy } from '../recheck.ts';
import { findMissingInAuth, type MissingUser } from './missing-in-auth.ts';
import { findNotSeenInSql } from './not-seen-in-sql.ts';

export interface AuthCheckOptions {
  readonly auth: AuthUsers;
  readonly store: MirrorStore;
  /** Those without columns of users are passed over. */
  readonly entities: readonly Entity[];
  /** How a missing user is looked for again before it counts. */
  readonly recheck?: Partial<Pick<RecheckPolicy, 'pauseMs' | 'capacity'>>;
  /** Users that the summary names, of each kind. @defaultValue 20 */
  readonly maxExamples?: number;
  /** Told of each missing user once confirmed; the check waits for it. */
  readonly onMissing?: (missing: MissingUser) => Promise<void> | void;
  readonly onProgress?: (progress: AuthCheckProgress) => void;
  /** Ends the check early: its summary then says that it is not complete. */
  readonly signal?: AbortSignal;
}

export interface AuthCheckProgress {
  /** Users of SQL that Firebase Auth was asked for. */
  readonly asked: number;
  /** Missing users that wait for their second look. */
  readonly waiting: number;
  /** Users of Firebase Auth that SQL was asked for. */
  readonly listed: number;
}

/** What a check of the users found. */
export interface AuthCheckSummary {
  /** RFC 3339. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** False when it was ended early: then only a part was looked at. */
  readonly complete: boolean;
  /** Different user ids in the live rows. */
  readonly seenInSql: number;
  /** Those that Firebase Auth has not. */
  readonly missingInAuth: number;
  /** Those whose user is disabled: that is no fault. */
  readonly disabled: number;
  /** Users of Firebase Auth. */
  readonly authUsers: number;
  /** Those whom no row holds: that is no fault either, they may have written nothing yet. */
  readonly notSeenInSql: number;
  readonly examples: {
    readonly missingInAuth: readonly MissingUser[];
    readonly notSeenInSql: readonly string[];
  };
}

const DEFAULT_MAX_EXAMPLES = 20;

/**
 * Compares the users that rows name with the users of Firebase Auth, both ways, in memory that does
 * not grow with either.
 *
 * A user counts as missing when it was missing twice, with a pause between, and rows still name it:
 * so users who come and go during the check are no drift.
 *
 * Rejects with the `AynaError` of the side that failed, or with what `onMissing` threw.
 */
export async function checkAuthUsers(options: AuthCheckOptions): Promise<AuthCheckSummary> {
  const { auth, store, maxExamples = DEFAULT_MAX_EXAMPLES } = options;
  const entities = options.entities.filter(({ users }) => users.length > 0);
  const signal = options.signal ?? new AbortController().signal;
  const startedAt = new Date().toISOString();
  const missing: MissingUser[] = [];
  const notSeen: string[] = [];
  const counts = { missingInAuth: 0, notSeenInSql: 0 };
  let progress: AuthCheckProgress = { asked: 0, waiting: 0, listed: 0 };
  const report = (news: Partial<AuthCheckProgress>) => {
    progress = { ...progress, ...news };
    options.onProgress?.(progress);
  };

  const seen = await findMissingInAuth({
    auth,
    store,
    entities,
    recheck: { ...DEFAULT_RECHECK, ...options.recheck },
    signal,
    onAsked: (asked, waiting) => report({ asked, waiting }),
    async onMissing(user) {
      counts.missingInAuth += 1;
      if (missing.length < maxExamples) missing.push(user);
      await options.onMissing?.(user);
    },
  });
  const authUsers = await findNotSeenInSql({
    auth,
    store,
    entities,
    signal,
    onListed: (listed) => report({ listed, waiting: 0 }),
    onNotSeen(uid) {
      counts.notSeenInSql += 1;
      if (notSeen.length < maxExamples) notSeen.push(uid);
    },
  });
  return {
    startedAt,
    finishedAt: new Date().toISOString(),
    complete: !signal.aborted,
    ...seen,
    ...counts,
    authUsers,
    examples: { missingInAuth: missing, notSeenInSql: notSeen },
  };
}
