import { randomUUID } from 'node:crypto';
import { BrokerError, messageLockLost } from '../broker/broker-error.ts';
import { mergeChanges, applicationChanges, type Entry, type Lock } from '../broker/message.ts';
import type { MessageStore } from '../broker/message-store.ts';
import { acceptMessage } from './encoded-message.ts';
import {
  buffersIn,
  listIn,
  mapIn,
  numberIn,
  numbersIn,
  optionalTextIn,
  textIn,
} from './management-arguments.ts';
import type { ManagementOperation, Target } from './management-target.ts';
import { encodeEntry } from './outgoing-message.ts';
import { wrap } from './request-response.ts';
import { addRule, enumerateRules, removeRule } from './rule-operations.ts';
import { changesFrom } from './sending-link.ts';

type Body = Readonly<Record<string, unknown>>;

const TYPE_LONG = 0x81;
const TYPE_TIMESTAMP = 0x83;
const EMPTY = {};
/** A response stays well below what a link carries. */
const MAX_PEEK_BYTES = 1_000_000;

function storeOf({ namespace, path }: Target): MessageStore {
  return namespace.receivingPlace(path).store;
}

const peek: ManagementOperation = (target, body) => {
  const from = numberIn(body, 'from-sequence-number');
  const limit = numberIn(body, 'message-count');
  const sessionId = optionalTextIn(body, 'session-id');
  const withBody = body['omit-message-body'] !== true;
  const messages: { message: Buffer }[] = [];
  let bytes = 0;
  for (const entry of storeOf(target).entries.from(from)) {
    if (sessionId !== undefined && entry.content.sessionId !== sessionId) continue;
    const message = encodeEntry(entry, undefined, withBody);
    bytes += message.length;
    if (messages.length > 0 && bytes > MAX_PEEK_BYTES) break;
    messages.push({ message });
    if (messages.length >= limit) break;
  }
  return messages.length === 0 ? undefined : { messages };
};

const renewLock: ManagementOperation = (target, body) => {
  const store = storeOf(target);
  const expirations = buffersIn(body, 'lock-tokens').map((token) => {
    const lock = store.locks.find(token);
    if (!lock) throw messageLockLost();
    return store.renew(lock);
  });
  return { expirations: wrap.wrap_array(expirations, TYPE_TIMESTAMP) };
};

const schedule: ManagementOperation = ({ namespace, path }, body) => {
  const contents = listIn(body, 'messages').map((item) => {
    const message = mapIn({ item }, 'item')?.message;
    if (!Buffer.isBuffer(message)) {
      throw new BrokerError('invalid-argument', 'A message to be scheduled has no content.');
    }
    return acceptMessage(message, randomUUID);
  });
  const sequences = contents.map((content) => namespace.send(path, [content])[0]?.sequence ?? 0);
  return { 'sequence-numbers': wrap.wrap_array(sequences, TYPE_LONG) };
};

const cancelScheduled: ManagementOperation = ({ namespace, path }, body) => {
  const store = namespace.sendingStore(path);
  const found = numbersIn(body, 'sequence-numbers').map((sequence) => {
    const entry = store.entries.get(sequence);
    if (entry?.state !== 'scheduled') throw messageNotFound(sequence);
    return entry;
  });
  for (const entry of found) store.remove(entry);
  return EMPTY;
};

const receiveBySequenceNumber: ManagementOperation = (target, body) => {
  const store = storeOf(target);
  const deleting = numberIn(body, 'receiver-settle-mode') === 0;
  const sessionId = optionalTextIn(body, 'session-id');
  if (sessionId !== undefined) store.sessionLocks.heldBy(sessionId, target.linkName);
  const found = numbersIn(body, 'sequence-numbers').map((sequence): Entry => {
    const entry = store.entries.get(sequence);
    if (entry?.state !== 'deferred' || entry.sessionId !== sessionId) {
      throw messageNotFound(sequence);
    }
    return entry;
  });
  const messages = found.map((entry) => {
    if (deleting) {
      const message = encodeEntry(entry, undefined);
      store.remove(entry);
      return { message, 'lock-token': wrap.wrap_uuid(Buffer.alloc(16)) };
    }
    const lock = store.lockByRequest(entry);
    return {
      message: encodeEntry(entry, store.lockedUntilMs(lock)),
      'lock-token': wrap.wrap_uuid(store.locks.tokenOf(lock)),
    };
  });
  return { messages };
};

/** How a disposition is called, and what it does; "defered" is how Azure writes it. */
const dispositions: Readonly<
  Record<string, (store: MessageStore, token: Buffer, body: Body) => void>
> = {
  completed: (store, token) => {
    store.complete(heldLock(store, token));
  },
  abandoned: (store, token, body) => {
    store.abandon(heldLock(store, token), changesFrom(body['properties-to-modify']));
  },
  defered: (store, token, body) => {
    store.defer(heldLock(store, token), changesFrom(body['properties-to-modify']));
  },
  suspended: (store, token, body) => {
    const reason = optionalTextIn(body, 'deadletter-reason');
    const description = optionalTextIn(body, 'deadletter-description');
    const why = applicationChanges([
      ...(reason === undefined ? [] : [['DeadLetterReason', reason] as const]),
      ...(description === undefined ? [] : [['DeadLetterErrorDescription', description] as const]),
    ]);
    store.deadLetter(
      heldLock(store, token),
      mergeChanges(changesFrom(body['properties-to-modify']), why),
    );
  },
};

function heldLock(store: MessageStore, token: Buffer): Lock {
  const lock = store.locks.find(token);
  if (!lock) throw messageLockLost();
  return lock;
}

const updateDisposition: ManagementOperation = (target, body) => {
  const store = storeOf(target);
  const settle = dispositions[textIn(body, 'disposition-status')];
  if (!settle) throw new BrokerError('invalid-argument', 'Unknown disposition status.');
  const sessionId = optionalTextIn(body, 'session-id');
  if (sessionId !== undefined) store.sessionLocks.heldBy(sessionId, target.linkName);
  for (const token of buffersIn(body, 'lock-tokens')) settle(store, token, body);
  return EMPTY;
};

const renewSessionLock: ManagementOperation = (target, body) => {
  const store = storeOf(target);
  const lock = store.sessionLocks.heldBy(textIn(body, 'session-id'), target.linkName);
  return { expiration: wrap.wrap_timestamp(store.sessionLocks.renew(lock)) };
};

const getSessionState: ManagementOperation = (target, body) => {
  const { session } = storeOf(target).sessionLocks.heldBy(
    textIn(body, 'session-id'),
    target.linkName,
  );
  return { 'session-state': session.state };
};

const setSessionState: ManagementOperation = (target, body) => {
  const store = storeOf(target);
  const { session } = store.sessionLocks.heldBy(textIn(body, 'session-id'), target.linkName);
  const state = body['session-state'];
  store.setSessionState(session, Buffer.isBuffer(state) ? state : null);
  return EMPTY;
};

const getMessageSessions: ManagementOperation = (target, body) => {
  const since = body['last-updated-time'];
  const sinceMs = since instanceof Date ? since.getTime() : 0;
  const skip = numberIn(body, 'skip');
  const ids = [...storeOf(target).sessions.all()]
    .filter((session) => session.lastUpdatedMs >= sinceMs)
    .map((session) => session.id)
    .slice(skip, skip + numberIn(body, 'top'));
  return ids.length === 0 ? undefined : { skip: skip + ids.length, 'sessions-ids': ids };
};

/** Deletes the oldest messages that nobody has locked, enqueued up to a time; of one session, if one is named. */
const batchDelete: ManagementOperation = (target, body) => {
  const store = storeOf(target);
  const before = body['enqueued-time-utc'];
  const beforeMs = before instanceof Date ? before.getTime() : Infinity;
  const limit = numberIn(body, 'message-count');
  const sessionId = optionalTextIn(body, 'session-id');
  if (sessionId !== undefined) store.sessionLocks.heldBy(sessionId, target.linkName);
  const found: Entry[] = [];
  for (const entry of store.entries.from(0)) {
    if (found.length >= limit) break;
    if (sessionId !== undefined && entry.sessionId !== sessionId) continue;
    if (entry.state === 'active' && entry.enqueuedAtMs <= beforeMs) found.push(entry);
  }
  for (const entry of found) store.remove(entry);
  return found.length === 0 ? undefined : { 'message-count': wrap.wrap_int(found.length) };
};

function messageNotFound(sequence: number): BrokerError {
  return new BrokerError(
    'message-not-found',
    `Failed to lock one or more specified messages. The message does not exist. Sequence number: ${sequence}.`,
  );
}

/** The operations of `$management`, by name ("AMQP 1.0 in Azure Service Bus: request-response"). */
export const managementOperations: Readonly<Record<string, ManagementOperation>> = {
  'com.microsoft:peek-message': peek,
  'com.microsoft:renew-lock': renewLock,
  'com.microsoft:schedule-message': schedule,
  'com.microsoft:cancel-scheduled-message': cancelScheduled,
  'com.microsoft:receive-by-sequence-number': receiveBySequenceNumber,
  'com.microsoft:update-disposition': updateDisposition,
  'com.microsoft:renew-session-lock': renewSessionLock,
  'com.microsoft:get-session-state': getSessionState,
  'com.microsoft:set-session-state': setSessionState,
  'com.microsoft:get-message-sessions': getMessageSessions,
  'com.microsoft:batch-delete-messages': batchDelete,
  'com.microsoft:add-rule': addRule,
  'com.microsoft:remove-rule': removeRule,
  'com.microsoft:enumerate-rules': enumerateRules,
};
