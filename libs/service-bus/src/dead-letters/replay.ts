import { setTimeout as delay } from 'node:timers/promises';
import { isServiceBusError, type ServiceBusSender } from '@azure/service-bus';
import { brokerFailure } from '../broker-failure.ts';
import { auditRecord, type WriteAudit } from './audit.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { LetterWork } from './pass.ts';
import type { AmqpMessage } from './amqp-message.ts';
import { replayOf, type Replay } from './replay-message.ts';
import { traceReplay, type TracedReplay } from './replay-trace.ts';
import { failSpan } from '@ayna/platform';

/** A replay that was sent, or why a letter is left. */
export type ReplayOutcome =
  | { readonly kind: 'replayed'; readonly letter: DeadLetter; readonly replay: Replay }
  | { readonly kind: 'skipped'; readonly letter: DeadLetter; readonly why: string };

export interface ReplayWork {
  readonly sender: ServiceBusSender;
  readonly topic: string;
  readonly subscription: string;
  readonly audit: WriteAudit;
  readonly by: string;
  /** Replays a second at most. */
  readonly rate?: number;
  readonly retentionMs?: number;
  readonly onOutcome: (outcome: ReplayOutcome) => void;
}

const CHUNK = 100;

interface Outgoing {
  readonly letter: DeadLetter;
  readonly replay: Replay;
  readonly traced: TracedReplay;
}

/** Sends letters to the topic again and writes them down; the pass completes them then. */
export function replayWork(options: ReplayWork): LetterWork {
  const { rate, sender, topic, subscription, by } = options;
  const sent = new Map<bigint, Replay>();
  const pace = rate === undefined ? undefined : pacer(rate);
  return {
    // A slow replay goes in small steps, so that it is even and can be stopped.
    chunkSize: rate === undefined ? CHUNK : Math.min(CHUNK, Math.max(1, Math.floor(rate / 4))),
    act: async (letters, signal) => {
      await pace?.(letters.length, signal);
      if (signal.aborted) return [];
      const outgoing: Outgoing[] = [];
      for (const letter of letters) {
        const replay = replayOf(letter, Date.now(), options.retentionMs);
        if ('why' in replay) options.onOutcome({ kind: 'skipped', letter, why: replay.why });
        else outgoing.push({ letter, replay, traced: traceReplay(replay.message, topic) });
      }
      const tooLarge = await sendTraced(sender, outgoing).catch((error: unknown) => {
        throw brokerFailure(error, `replaying to the topic "${topic}" failed`);
      });
      for (const { letter } of tooLarge) {
        const why = 'it is larger than the broker takes; run `ayna mirror repair`';
        options.onOutcome({ kind: 'skipped', letter, why });
      }
      const taken = outgoing.filter((one) => !tooLarge.includes(one));
      await options.audit(
        taken.map(({ letter, replay: { newMessageId, attempt } }) =>
          auditRecord(letter, {
            by,
            action: 'replay',
            topic,
            subscription,
            newMessageId,
            attempt,
          }),
        ),
      );
      for (const { letter, replay } of taken) sent.set(letter.sequenceNumber, replay);
      return taken.map(({ letter }) => letter);
    },
    completed: (letter) => {
      const replay = sent.get(letter.sequenceNumber);
      sent.delete(letter.sequenceNumber);
      if (replay) options.onOutcome({ kind: 'replayed', letter, replay });
    },
  };
}

/** Sends, and ends the spans with what became of it. */
async function sendTraced(sender: ServiceBusSender, all: readonly Outgoing[]): Promise<Outgoing[]> {
  try {
    return await sendAll(sender, all);
  } catch (error) {
    for (const { traced } of all) failSpan(traced.span, error);
    throw error;
  } finally {
    for (const { traced } of all) traced.span.end();
  }
}

/** Sends in as few batches as possible; resolves, once all are taken, with what is too large. */
async function sendAll(sender: ServiceBusSender, all: readonly Outgoing[]): Promise<Outgoing[]> {
  const tooLarge: Outgoing[] = [];
  let batch = await sender.createMessageBatch();
  for (const one of all) {
    if (batch.tryAddMessage(one.traced.message)) continue;
    if (batch.count > 0) {
      await sender.sendMessages(batch);
      batch = await sender.createMessageBatch();
      if (batch.tryAddMessage(one.traced.message)) continue;
    }
    if (!(await sendAlone(sender, one.traced.message))) tooLarge.push(one);
  }
  if (batch.count > 0) await sender.sendMessages(batch);
  return tooLarge;
}

/** A batch costs some bytes of its own: what fits none may still fit by itself. */
async function sendAlone(sender: ServiceBusSender, message: AmqpMessage): Promise<boolean> {
  try {
    await sender.sendMessages(message);
    return true;
  } catch (error) {
    if (isServiceBusError(error) && error.code === 'MessageSizeExceeded') return false;
    throw error;
  }
}

/** Lets `rate` items a second pass. */
function pacer(rate: number): (items: number, signal: AbortSignal) => Promise<void> {
  let freeAtMs = 0;
  return async (items, signal) => {
    const nowMs = performance.now();
    const startMs = Math.max(freeAtMs, nowMs);
    freeAtMs = startMs + (items / rate) * 1_000;
    // Only the interruption ends the wait early.
    await delay(startMs - nowMs, undefined, { signal }).catch(() => undefined);
  };
}
