import { setTimeout as delay } from 'node:timers/promises';
import { entities, SourceVersion, type DocumentChange } from '@ayna/contract';
import { buildEvent, createPublisher } from '@ayna/publisher';
import type { Broker } from '../broker.ts';
import { nowMs } from '../now.ts';

const SOURCE = '//firestore.googleapis.com/projects/bench/databases/(default)';
const BODY = 'merhaba, bugün hava çok güzel; görüşürüz, sonra yazarım 😀'.repeat(3);
const MICROS_PER_MS = 1_000;
const CHUNK = 500;
const PACE_MS = 10;

/** Messages between the users of conversations of two. */
export interface MessageLoad extends AsyncDisposable {
  /** Makes the conversations: of `u0` and `u1`, of `u2` and `u3`, and so on. */
  makeConversations(): Promise<void>;
  /** Publishes as fast as the broker takes it. */
  burst(messages: number): Promise<void>;
  /** Publishes at a pace. */
  steadily(messages: number, perSecond: number): Promise<void>;
}

/** A publisher of messages; each is committed, by its version, when it is published. */
export function messageLoad(broker: Broker, topic: string, conversations: number): MessageLoad {
  const publisher = createPublisher(broker.client, topic);
  let made = 0;
  let lastMicros = 0n;
  const publish = (path: string, fields: Readonly<Record<string, unknown>>): Promise<void> => {
    const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * MICROS_PER_MS));
    lastMicros = now > lastMicros ? now : lastMicros + 1n;
    const version = SourceVersion.fromMicros(lastMicros);
    const change: DocumentChange = {
      path,
      before: undefined,
      after: { fields, version },
      originId: String(lastMicros),
      source: SOURCE,
    };
    return publisher.publish(buildEvent(entities, change));
  };
  const publishMessage = (): Promise<void> => {
    const conversation = made % conversations;
    made += 1;
    return publish(`conversations/c${conversation}/messages/m${made}`, {
      authorId: `u${2 * conversation}`,
      body: BODY,
    });
  };
  return {
    async makeConversations() {
      await Promise.all(
        Array.from({ length: conversations }, (_, at) =>
          publish(`conversations/c${at}`, { ownerId: `u${2 * at}`, peerIds: [`u${2 * at + 1}`] }),
        ),
      );
    },
    async burst(messages) {
      for (let from = 0; from < messages; from += CHUNK) {
        const chunk = Math.min(CHUNK, messages - from);
        await Promise.all(Array.from({ length: chunk }, publishMessage));
      }
    },
    async steadily(messages, perSecond) {
      const begun = nowMs();
      const published: Promise<void>[] = [];
      while (published.length < messages) {
        const due = Math.min(messages, Math.ceil(((nowMs() - begun) / 1_000) * perSecond));
        while (published.length < due) published.push(publishMessage());
        await delay(PACE_MS);
      }
      await Promise.all(published);
    },
    [Symbol.asyncDispose]: () => publisher.close(),
  };
}
