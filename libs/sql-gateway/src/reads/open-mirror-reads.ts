import type { Database } from '../database.ts';
import { sqlError } from '../errors/sql-error.ts';
import type { ListDialect, ListOrder } from './list-dialect.ts';
import { MirrorNaming, type DialectName } from './mirror-naming.ts';
import type { MirrorReads, OrderedListOptions } from './mirror-reads.ts';
import type { MirrorTables } from './mirror-tables.ts';
import { postgresLists } from './postgres-lists.ts';
import { readList } from './read-list.ts';
import { sqlServerLists } from './sql-server-lists.ts';

const listDialects: Readonly<Record<DialectName, ListDialect>> = {
  postgres: postgresLists,
  sqlserver: sqlServerLists,
};

const messageColumns = [
  'conversationId',
  'messageId',
  'authorId',
  'body',
  'media',
  'createdAt',
  'updatedAt',
  'sourceVersion',
] as const;
const conversationColumns = [
  'conversationId',
  'ownerId',
  'peerIds',
  'lastMessageAt',
  'lastMessagePreview',
  'lastMessageAuthorId',
  'updatedAt',
  'sourceVersion',
] as const;
const followColumns = [
  'userId',
  'targetId',
  'createdAt',
  'updatedAt',
  'edgeType',
  'sourceVersion',
] as const;

/**
 * Opens the reads of clients on a database, which stays open until whoever opened it closes it.
 *
 * @example
 * const reads = openMirrorReads(database);
 * const { rows, next } = await reads.messages('c1', { limit: 50 });
 * if (next) await reads.messages('c1', { limit: 50, after: next });
 */
export function openMirrorReads({ kysely, dialect: name, target }: Database): MirrorReads {
  const dialect = listDialects[name];
  const mirror = kysely
    .$extendTables<Pick<MirrorTables, keyof MirrorTables>>()
    .withPlugin(new MirrorNaming(name));
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw sqlError(error, `reading ${what} (${target})`);
    }
  };
  const follows = (
    column: 'userId' | 'targetId',
    id: 'userId' | 'targetId',
    user: string,
    options: OrderedListOptions,
  ) =>
    readList(
      mirror
        .selectFrom('followEdgesMirror')
        .select(followColumns)
        .where('deletedAt', 'is', null)
        .where(dialect.keyIs(column, user)),
      dialect,
      byCreation(id, options),
      options,
    );
  return {
    messages: (conversationId, options) =>
      attempt('the messages of a conversation', () =>
        readList(
          mirror
            .selectFrom('dmMessagesMirror')
            .select(messageColumns)
            .where('deletedAt', 'is', null)
            .where(dialect.keyIs('conversationId', conversationId)),
          dialect,
          byCreation('messageId', options),
          options,
          ['media'],
        ),
      ),
    conversations: (userId, options) =>
      attempt('the conversations of a user', () =>
        readList(
          mirror
            .selectFrom('dmConversationsMirror')
            .select(conversationColumns)
            .where('deletedAt', 'is', null)
            .where(dialect.takesPart(userId)),
          dialect,
          { times: ['lastMessageAt', 'updatedAt'], id: 'conversationId', direction: 'desc' },
          options,
          ['peerIds'],
        ),
      ),
    followers: (userId, options) =>
      attempt('the followers of a user', () => follows('targetId', 'userId', userId, options)),
    following: (userId, options) =>
      attempt('whom a user follows', () => follows('userId', 'targetId', userId, options)),
  };
}

function byCreation(id: string, { order = 'newest' }: OrderedListOptions): ListOrder {
  return { times: ['createdAt'], id, direction: order === 'oldest' ? 'asc' : 'desc' };
}
