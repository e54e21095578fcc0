import type { IssueListener } from './issue.ts';
import {
  CallableLatencyTracker,
  type LatencyCategory,
  type LatencySample,
} from './latency/callable-latency-tracker.ts';
import { onceOnline } from './online.ts';
import type { CallableName, CallablePort } from './ports/callable-port.ts';
import type { ClientFlags } from './ports/client-flags.ts';
import { systemClock, type Clock } from './ports/clock.ts';
import type { FirestorePort } from './ports/firestore-port.ts';
import type { KeyValueStorage } from './ports/key-value-storage.ts';
import type { LockManagerPort } from './queue/exclusive.ts';
import type { EnsureCall } from './queue/queued-call.ts';
import { RetryQueue, type RetryLimits } from './queue/retry-queue.ts';
import { ListHub } from './read/list-hub.ts';
import { DEFAULT_READ_INTERVALS, type ReadIntervals } from './read/mirrored-list.ts';
import { DEFAULT_PHASE_LIMITS, type PhaseLimits } from './read/phase-limits.ts';
import {
  followingOf,
  followKind,
  SqlMirrorFollowRepository,
} from './read/sql-mirror-follow-repository.ts';
import {
  messageKind,
  messagesOf,
  SqlMirrorMessageRepository,
} from './read/sql-mirror-message-repository.ts';
import { DualWriter } from './write/dual-writer.ts';
import { FollowService } from './write/follow-service.ts';
import { MessagingRepository } from './write/messaging-repository.ts';

export interface MirrorClientOptions {
  /** The user who is signed in. Close the client and make another one when that changes. */
  readonly userId: string;
  readonly firestore: FirestorePort;
  readonly gateway: CallablePort;
  readonly storage: KeyValueStorage;
  readonly flags: ClientFlags;
  /** `navigator.locks`, so that one tab at a time works off the queue. @defaultValue none */
  readonly locks?: LockManagerPort | undefined;
  /** For a toast or Crashlytics. @defaultValue nobody is told */
  readonly onIssue?: IssueListener;
  /** Each latency, for Crashlytics or Analytics. @defaultValue nobody is told */
  readonly onLatency?: (sample: LatencySample) => void;
  readonly retryLimits?: Partial<RetryLimits>;
  readonly phaseLimits?: Partial<PhaseLimits>;
  readonly readIntervals?: Partial<ReadIntervals>;
  readonly clock?: Clock;
  /** From 0 to 1. @defaultValue Math.random */
  readonly random?: () => number;
}

/** The mirror for one user of an app. */
export interface MirrorClient {
  /** Reads messages. */
  readonly messages: SqlMirrorMessageRepository;
  /** Reads the follow graph. */
  readonly follows: SqlMirrorFollowRepository;
  /** Writes messages and conversations. */
  readonly messaging: MessagingRepository;
  /** Writes follow edges. */
  readonly following: FollowService;
  /** Wraps writes of the app's own. */
  readonly writer: DualWriter;
  readonly queue: RetryQueue;
  readonly latency: CallableLatencyTracker;
  /** Ends listening, reading and calling; what is queued stays for the next time. */
  close(): void;
}

/** Puts the parts together. Nothing is read or called before something is watched or queued. */
export function createMirrorClient(options: MirrorClientOptions): MirrorClient {
  const { userId, firestore, flags, storage, locks, clock = systemClock } = options;
  const onIssue = options.onIssue ?? (() => undefined);
  const latency = new CallableLatencyTracker(clock, options.onLatency);
  const gateway: CallablePort = {
    call: (name, request) =>
      latency.measure(categoryOf(name), name, () => options.gateway.call(name, request)),
  };
  const limits = { ...DEFAULT_PHASE_LIMITS, ...options.phaseLimits };
  const intervals = { ...DEFAULT_READ_INTERVALS, ...options.readIntervals };
  const shared = { flags, firestore, clock, limits, intervals, onIssue };
  const messageLists = new ListHub({ feature: 'dm', kind: messageKind, ...shared });
  const followLists = new ListHub({ feature: 'follow', kind: followKind, ...shared });

  const queue = new RetryQueue({
    ...{ storage, userId, clock, locks, onIssue },
    ...(options.random ? { random: options.random } : {}),
    ...(options.retryLimits ? { limits: options.retryLimits } : {}),
    send: ({ name, request }) => gateway.call(name, request),
    onDone: ensured,
  });
  const writer = new DualWriter(flags, queue, clock);
  const stopWaiting = onceOnline(() => queue.retryNow());

  return {
    messages: new SqlMirrorMessageRepository(messageLists, gateway),
    follows: new SqlMirrorFollowRepository(followLists, gateway, userId),
    messaging: new MessagingRepository({
      ...{ userId, firestore, writer, clock },
      ownWrites: messageLists.ownWrites,
      onOwnWrite: (list) => messageLists.ownWrite(list),
    }),
    following: new FollowService({
      ...{ userId, firestore, writer, clock },
      ownWrites: followLists.ownWrites,
      onOwnWrite: (list) => followLists.ownWrite(list),
    }),
    ...{ writer, queue, latency },
    close: () => {
      stopWaiting();
      queue.close();
      messageLists.close();
      followLists.close();
    },
  };

  function ensured(call: EnsureCall, begunAt: number): void {
    if (call.name === 'sqlGatewayEnsureMessage') {
      const { conversationId, messageId } = call.request;
      messageLists.ensured(messagesOf(conversationId), messageId, begunAt);
    } else if (call.name === 'sqlGatewayEnsureFollow') {
      followLists.ensured(followingOf(call.request.userId), call.request.targetId, begunAt);
    }
  }
}

function categoryOf(name: CallableName): LatencyCategory {
  return name.includes('Follow') ? 'followSqlMirror' : 'dmSqlMirror';
}
