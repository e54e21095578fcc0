import type { CallablePort } from '../ports/callable-port.ts';
import type { ListHub } from './list-hub.ts';
import type { ListView, WatchedList } from './list-view.ts';
import type { PhaseStatus } from './phase-gate.ts';
import { withoutVersion, type MessageRow, type RowKind } from './row-kind.ts';

/** The collection of a conversation's messages. */
export function messagesOf(conversationId: string): string {
  return `conversations/${conversationId}/messages`;
}

/** Messages of one conversation. */
export const messageKind: RowKind<MessageRow> = {
  keyOf: ({ messageId }) => messageId,
  ofDocument: ({ key, columns }) => ({ ...columns, ...key }) as unknown as MessageRow,
};

const DEFAULT_PAGE_SIZE = 50;

/** Reads messages, from Firestore or from SQL as the phase says. */
export class SqlMirrorMessageRepository {
  readonly #hub: ListHub<MessageRow>;
  readonly #gateway: CallablePort;

  constructor(hub: ListHub<MessageRow>, gateway: CallablePort) {
    this.#hub = hub;
    this.#gateway = gateway;
  }

  /**
   * Shows the newest messages of a conversation and keeps them up to date until it is closed.
   *
   * @param onView called with each state of the list; not before there is something to show
   */
  watch(
    conversationId: string,
    onView: (view: ListView<MessageRow>) => void,
    pageSize: number = DEFAULT_PAGE_SIZE,
  ): WatchedList {
    return this.#hub.watch({
      query: { entity: 'dm.message', collection: messagesOf(conversationId) },
      pageSize,
      onView,
      readPage: async (limit, cursor) => {
        const request = { conversationId, limit, ...(cursor === undefined ? {} : { cursor }) };
        const { rows, nextCursor } = await this.#gateway.call('sqlGatewayListMessages', request);
        return { rows: rows.map(withoutVersion), nextCursor };
      },
    });
  }

  /** The phase that holds, and what it was decided by. */
  status(): PhaseStatus {
    return this.#hub.status();
  }
}
