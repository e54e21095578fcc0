import type { FollowPage, PageCursor } from '@ayna/contract/gateway';
import type { CallablePort } from '../ports/callable-port.ts';
import type { ListHub } from './list-hub.ts';
import type { ListView, WatchedList } from './list-view.ts';
import type { PhaseStatus } from './phase-gate.ts';
import { withoutVersion, type FollowRow, type RowKind } from './row-kind.ts';

/** The collection of those whom a user follows. */
export function followingOf(userId: string): string {
  return `follows/${userId}/targets`;
}

/** Follow edges of one user. */
export const followKind: RowKind<FollowRow> = {
  keyOf: ({ targetId }) => targetId,
  ofDocument: ({ key, columns }) => ({ ...columns, ...key }) as unknown as FollowRow,
};

const DEFAULT_PAGE_SIZE = 50;

/** Reads the follow graph of the user, from Firestore or from SQL as the phase says. */
export class SqlMirrorFollowRepository {
  readonly #hub: ListHub<FollowRow>;
  readonly #gateway: CallablePort;
  readonly #userId: string;

  constructor(hub: ListHub<FollowRow>, gateway: CallablePort, userId: string) {
    this.#hub = hub;
    this.#gateway = gateway;
    this.#userId = userId;
  }

  /**
   * Shows whom the user follows, the newest first, and keeps it up to date until it is closed.
   *
   * @param onView called with each state of the list; not before there is something to show
   */
  watchFollowing(
    onView: (view: ListView<FollowRow>) => void,
    pageSize: number = DEFAULT_PAGE_SIZE,
  ): WatchedList {
    return this.#hub.watch({
      query: { entity: 'follow.edge', collection: followingOf(this.#userId) },
      pageSize,
      onView,
      readPage: async (limit, cursor) => {
        const request = { limit, ...(cursor === undefined ? {} : { cursor }) };
        const { rows, nextCursor } = await this.#gateway.call('sqlGatewayListFollowing', request);
        return { rows: rows.map(withoutVersion), nextCursor };
      },
    });
  }

  /**
   * A page of those who follow the user. Only SQL can answer that, whatever the phase: the documents
   * lie with those who follow. Rejects with a `CallableError`.
   */
  listFollowers(limit: number = DEFAULT_PAGE_SIZE, cursor?: PageCursor): Promise<FollowPage> {
    const request = { limit, ...(cursor === undefined ? {} : { cursor }) };
    return this.#gateway.call('sqlGatewayListFollowers', request);
  }

  /** The phase that holds, and what it was decided by. */
  status(): PhaseStatus {
    return this.#hub.status();
  }
}
