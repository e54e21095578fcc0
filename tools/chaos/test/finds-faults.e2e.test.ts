import { getFirestore } from 'firebase-admin/firestore';
import { expect, test } from 'vitest';
import { hasPassed } from '../src/report.ts';
import { runChaos } from '../src/run-chaos.ts';
import type { World } from '../src/world/world.ts';

const plan = {
  seed: 5,
  minutes: 0.05,
  writesPerSecond: 50,
  settleMinutes: 2,
  databaseUrl: process.env.DATABASE_URL,
};
const note = () => undefined;

test('a run in which one message was lost and a valid one dead-lettered fails, naming both', async () => {
  const report = await runChaos(plan, { note, onHealed: spoil });
  expect(report.drift).toMatchObject({ missing: 1, extra: 1, different: 0 });
  expect(report.drift.examples.toSorted()).toEqual([
    'extra: conversations/a-dead',
    'missing: conversations/b-stolen',
  ]);
  expect(report).toMatchObject({
    deadLettered: 1,
    deadLetters: [{ subject: 'conversations/a-dead', reason: 'Spoilt' }],
  });
  expect(hasPassed(report)).toBe(false);
});

/** Takes away a message that nobody has applied, and dead-letters one that could have been. */
async function spoil({ writers, firestore, queue }: World): Promise<void> {
  const documents = getFirestore();
  await documents.doc('conversations/a-dead').set({ ownerId: 'a' });
  await firestore.functions.drain();
  await expect.poll(() => queue.waiting(), { timeout: 60_000 }).toBe(0);
  for (const writer of writers.wanted()) await writers.down(writer, 'SIGTERM');
  await documents.doc('conversations/a-dead').delete();
  await documents.doc('conversations/b-stolen').set({ ownerId: 'b' });
  await firestore.functions.drain();
  const receiver = queue.client.createReceiver(queue.topic, queue.subscription);
  for (let taken = 0; taken < 2; taken += 1) {
    const [message] = await receiver.receiveMessages(1);
    if (!message) expect.fail('both messages should wait');
    const isDelete = message.applicationProperties?.cloudEvents_subject === 'conversations/a-dead';
    if (isDelete) {
      await receiver.deadLetterMessage(message, {
        deadLetterReason: 'Spoilt',
        deadLetterErrorDescription: 'by the test',
      });
    } else await receiver.completeMessage(message);
  }
  await receiver.close();
  writers.up(0);
}
