import { randomUUID } from 'node:crypto';
import { WebPubSubServiceClient } from '@azure/web-pubsub';
import type { NegotiateResponse } from '@ayna/contract/realtime';
import type { VerifiedToken } from '@ayna/firebase-auth';
import { AynaError } from '@ayna/contract';
import type { Logger } from '@ayna/platform';
import type { RealtimeLog } from '../log/realtime-log.ts';
import { startForwarding, type Forwarding } from './start-forwarding.ts';

/** Azure Web PubSub in place of this hub's own sockets. */
export interface WebPubSub {
  /** Where a user's client connects, and until when it may begin to. */
  negotiate(token: VerifiedToken): Promise<Omit<NegotiateResponse, 'cursor'>>;
  /** Forwards the log; of all hubs that do, one at a time works. */
  forward(options: {
    readonly log: Pick<RealtimeLog, 'readAfter' | 'state' | 'lease' | 'forwarded'>;
    readonly logger: Logger;
  }): Forwarding;
}

export interface WebPubSubOptions {
  readonly connectionString: string;
  /** The name of the hub in the service. @defaultValue `ayna` */
  readonly hubName?: string;
}

export const DEFAULT_HUB_NAME = 'ayna';
const MINUTE_MS = 60_000;
const MAX_MINUTES = 60;

/**
 * Connects to Azure Web PubSub. Each user has a group, and a change goes to the groups of those who
 * may see it, so that it is the log that decides, change by change, and nothing has to be taken out
 * of groups when somebody leaves a conversation.
 *
 * @throws AynaError `ConfigInvalid` for a connection string that cannot be read; it is not in the
 * message
 */
export function connectWebPubSub({
  connectionString,
  hubName = DEFAULT_HUB_NAME,
}: WebPubSubOptions): WebPubSub {
  const client = open(connectionString, hubName);
  return {
    async negotiate({ userId, expiresAt }) {
      const minutes = Math.floor((expiresAt.getTime() - Date.now()) / MINUTE_MS);
      const lasting = Math.min(MAX_MINUTES, Math.max(1, minutes));
      const { url } = await client.getClientAccessToken({
        userId,
        groups: [groupOf(userId)],
        expirationTimeInMinutes: lasting,
      });
      const until = new Date(Date.now() + lasting * MINUTE_MS);
      return { transport: 'webpubsub', url, expiresAt: until.toISOString() };
    },
    forward: ({ log, logger }) =>
      startForwarding({
        log,
        logger,
        name: `webpubsub/${hubName}`,
        holder: randomUUID(),
        send: async (userId, frame) => {
          await client.group(groupOf(userId)).sendToAll(frame, { contentType: 'text/plain' });
        },
      }),
  };
}

/** The group of a user: its name may hold more than an id in a URL should. */
function groupOf(userId: string): string {
  return `user.${Buffer.from(userId).toString('base64url')}`;
}

function open(connectionString: string, hubName: string): WebPubSubServiceClient {
  try {
    return new WebPubSubServiceClient(connectionString, hubName, {
      // Whoever forwards tries again by itself.
      retryOptions: { maxRetries: 0 },
      // An endpoint on this machine, as in tests.
      allowInsecureConnection: /\bEndpoint=http:\/\/(127\.0\.0\.1|localhost)\b/i.test(
        connectionString,
      ),
    });
  } catch (cause) {
    throw new AynaError(
      'ConfigInvalid',
      'WEBPUBSUB_CONNECTION_STRING has a wrong value: expected Endpoint=https://NAME.webpubsub.azure.com;AccessKey=KEY;Version=1.0;',
      { cause },
    );
  }
}
