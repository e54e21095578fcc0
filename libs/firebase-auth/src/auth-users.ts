import type { ListUsersResult } from 'firebase-admin/auth';
import { authFailure } from './auth-failure.ts';

/** A user of Firebase Auth, as far as the mirror cares. */
export interface AuthUser {
  readonly uid: string;
  /** Disabled users cannot sign in, but are there. */
  readonly disabled: boolean;
}

/**
 * Reads the users of a Firebase project.
 *
 * Every method rejects with an `AynaError`: `AuthUnavailable` when the same call may succeed later,
 * `AuthRejected` when somebody has to act first.
 */
export interface AuthUsers extends AsyncDisposable {
  /**
   * Those of the ids that belong to a user, by id. Any number may be asked for; an id that no user
   * can have is not found.
   */
  find(uids: readonly string[]): Promise<ReadonlyMap<string, AuthUser>>;

  /**
   * All users, up to 1,000 at a time. Firebase promises no order. The next page is fetched while
   * one is being used; users who come or go meanwhile may or may not appear.
   */
  list(): AsyncIterable<readonly AuthUser[]>;

  /** Lets go of the connections. Safe to call twice. */
  close(): Promise<void>;
}

/** Ids in one question; Firebase takes no more. */
const FIND_AT_ONCE = 100;
/** Questions under way at the same time. */
const PARALLEL = 4;
const MAX_UID_LENGTH = 128;

/**
 * The users of a project, with the credentials of the process (`GOOGLE_APPLICATION_CREDENTIALS`, or
 * those of the machine), or of the emulator that `FIREBASE_AUTH_EMULATOR_HOST` names. Nothing is
 * asked before the first use. The client library, which is large, is loaded here and not before.
 */
export async function openAuthUsers(projectId: string): Promise<AuthUsers> {
  const [{ deleteApp, initializeApp }, { getAuth }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
  ]);
  const app = initializeApp({ projectId }, `auth-users-${crypto.randomUUID()}`);
  const auth = getAuth(app);
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= deleteApp(app));
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw authFailure(error, doing);
    }
  };

  const fetchPage = (pageToken: string | undefined): Promise<ListUsersResult> => {
    const page = attempt('listing the users', () => auth.listUsers(undefined, pageToken));
    // Whoever waits for the page meets the failure; nobody waits when the listing ends early.
    page.catch(() => undefined);
    return page;
  };

  return {
    async find(uids) {
      const found = new Map<string, AuthUser>();
      const askable = uids.filter((uid) => uid !== '' && uid.length <= MAX_UID_LENGTH);
      let at = 0;
      const ask = async () => {
        while (at < askable.length) {
          const part = askable.slice(at, at + FIND_AT_ONCE).map((uid) => ({ uid }));
          at += part.length;
          const { users } = await attempt(`looking for ${part.length} users`, () =>
            auth.getUsers(part),
          );
          for (const { uid, disabled } of users) found.set(uid, { uid, disabled });
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, ask));
      return found;
    },

    async *list() {
      let next: Promise<ListUsersResult> | undefined = fetchPage(undefined);
      while (next) {
        const { users, pageToken }: ListUsersResult = await next;
        next = pageToken ? fetchPage(pageToken) : undefined;
        yield users.map(({ uid, disabled }) => ({ uid, disabled }));
      }
    },

    close,
    [Symbol.asyncDispose]: close,
  };
}
