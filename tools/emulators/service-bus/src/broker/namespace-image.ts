import type { EntityRecord, RuleRecord } from './entity-description.ts';
import { placementOf, type JournalRecord, type Placement } from './journal.ts';
import type { ContentParser, MessageContent } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { recordOf, type Namespace } from './namespace.ts';
import { splitSubscriptionPath } from './entity-path.ts';

/** What is known of one store while a journal is read. */
interface StoreImage {
  readonly entries: Map<number, { readonly placement: Placement; readonly bytes: Buffer }>;
  readonly sessionStates: Map<string, Buffer>;
  last: number;
}

/** A namespace as a journal tells it: records are applied one by one, then it is brought to life. */
export interface NamespaceImage {
  apply(record: JournalRecord): void;
  /** Fills an empty namespace. Locks are not restored: what was locked is active again. */
  restore(namespace: Namespace, parse: ContentParser): void;
}

/** Starts with nothing. */
export function createNamespaceImage(): NamespaceImage {
  const entities = new Map<string, EntityRecord>();
  const rules = new Map<string, readonly RuleRecord[]>();
  const seen = new Map<string, Map<string, number>>();
  const stores = new Map<string, StoreImage>();

  const storeAt = (path: string): StoreImage => {
    const key = path.toLowerCase();
    let image = stores.get(key);
    if (!image) {
      image = { entries: new Map(), sessionStates: new Map(), last: 0 };
      stores.set(key, image);
    }
    return image;
  };
  const place = (placement: Placement, bytes: Buffer): void => {
    const image = storeAt(placement.store);
    image.entries.set(placement.sequence, { placement, bytes });
    image.last = Math.max(image.last, placement.sequence);
    const topic = splitSubscriptionPath(placement.store)?.topic;
    if (topic !== undefined) {
      const numbered = storeAt(topic);
      numbered.last = Math.max(numbered.last, placement.enqueuedSequence);
    }
  };
  const removeEntity = (path: string): void => {
    const key = path.toLowerCase();
    const within = (other: string) => other === key || other.startsWith(`${key}/`);
    for (const map of [entities, rules, seen, stores]) {
      for (const other of [...map.keys()]) if (within(other)) map.delete(other);
    }
  };

  return {
    apply(record) {
      switch (record.type) {
        case 'entity':
          entities.set(record.entity.path.toLowerCase(), record.entity);
          break;
        case 'entity-removed':
          removeEntity(record.path);
          break;
        case 'rules':
          rules.set(record.path.toLowerCase(), record.rules);
          break;
        case 'put':
          for (const placement of record.placements) place(placement, record.bytes);
          break;
        case 'change': {
          const { entries } = storeAt(record.store);
          const entry = entries.get(record.sequence);
          if (!entry) break;
          const { state, deliveryCount, changes } = record;
          const placement = { ...entry.placement, state, deliveryCount, changes };
          entries.set(record.sequence, { ...entry, placement });
          break;
        }
        case 'remove':
          storeAt(record.store).entries.delete(record.sequence);
          break;
        case 'move': {
          const { entries } = storeAt(record.store);
          const entry = entries.get(record.sequence);
          entries.delete(record.sequence);
          if (entry) place(record.to, entry.bytes);
          break;
        }
        case 'session-state': {
          const { sessionStates } = storeAt(record.store);
          if (record.state) sessionStates.set(record.sessionId, Buffer.from(record.state));
          else sessionStates.delete(record.sessionId);
          break;
        }
        case 'sequence': {
          const image = storeAt(record.store);
          image.last = Math.max(image.last, record.last);
          break;
        }
        case 'seen': {
          const key = record.path.toLowerCase();
          const ids = seen.get(key) ?? new Map<string, number>();
          seen.set(key, ids);
          for (const [id, atMs] of record.ids) ids.set(id, atMs);
          break;
        }
      }
    },
    restore(namespace, parse) {
      for (const entity of entities.values()) {
        namespace.restoreEntity(entity, rules.get(entity.path.toLowerCase()) ?? []);
      }
      for (const [path, ids] of seen) namespace.arrivals.history(path).remember(ids);
      const contents = new Map<Buffer, MessageContent>();
      const contentOf = (bytes: Buffer): MessageContent => {
        let content = contents.get(bytes);
        if (!content) contents.set(bytes, (content = parse(bytes)));
        return content;
      };
      for (const store of storesOf(namespace)) {
        const image = stores.get(store.path.toLowerCase());
        if (!image) continue;
        for (const [id, state] of image.sessionStates) store.sessions.obtain(id).state = state;
        const entries = [...image.entries.values()].sort(
          (a, b) => a.placement.sequence - b.placement.sequence,
        );
        for (const { placement, bytes } of entries) {
          store.offer(store.admit({ ...placement, content: contentOf(bytes) }));
        }
        store.lastSequence = Math.max(store.lastSequence, image.last);
      }
    },
  };
}

function* storesOf(namespace: Namespace): Generator<MessageStore, void> {
  for (const queue of namespace.queues.values()) {
    yield* [queue.store, queue.deadLetters, queue.transferDeadLetters];
  }
  for (const topic of namespace.topics.values()) {
    yield topic.store;
    for (const { entity } of topic.subscriptions.values()) {
      yield* [entity.store, entity.deadLetters, entity.transferDeadLetters];
    }
  }
}

/** Everything in a namespace, as the records that would make it. */
export function* snapshot(namespace: Namespace): Generator<JournalRecord, void> {
  for (const queue of namespace.queues.values()) {
    yield { type: 'entity', entity: recordOf(queue) };
  }
  for (const topic of namespace.topics.values()) {
    yield { type: 'entity', entity: recordOf(topic) };
    for (const { entity, rules } of topic.subscriptions.values()) {
      yield { type: 'entity', entity: recordOf(entity) };
      const records = [...rules.values()].map((rule) => rule.record);
      yield { type: 'rules', path: entity.path, rules: records };
    }
  }
  for (const [path, history] of namespace.arrivals.histories()) {
    yield { type: 'seen', path, ids: [...history.entries()] };
  }
  const placed = new Map<MessageContent, Placement[]>();
  for (const store of storesOf(namespace)) {
    yield { type: 'sequence', store: store.path, last: store.lastSequence };
    for (const { id, state } of store.sessions.all()) {
      if (state) yield { type: 'session-state', store: store.path, sessionId: id, state };
    }
    for (const entry of store.entries.from(0)) {
      const placements = placed.get(entry.content);
      if (placements) placements.push(placementOf(store.path, entry));
      else placed.set(entry.content, [placementOf(store.path, entry)]);
    }
  }
  for (const [content, placements] of placed) {
    yield { type: 'put', bytes: content.bytes, placements };
  }
}
