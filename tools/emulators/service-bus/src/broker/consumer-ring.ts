import type { Consumer } from './consumer.ts';

/** Those who receive from one store, served in turn. */
export interface ConsumerRing {
  readonly size: number;
  add(consumer: Consumer): void;
  remove(consumer: Consumer): void;
  /** The next one that has room; undefined when nobody has. */
  next(): Consumer | undefined;
  /** Lets all go, and says who they were. */
  clear(): Consumer[];
}

/** Makes a ring without anybody in it. */
export function createConsumerRing(): ConsumerRing {
  const consumers: Consumer[] = [];
  let turn = 0;
  return {
    get size() {
      return consumers.length;
    },
    add: (consumer) => {
      consumers.push(consumer);
    },
    remove(consumer) {
      const place = consumers.indexOf(consumer);
      if (place >= 0) consumers.splice(place, 1);
    },
    next() {
      for (let tries = consumers.length; tries > 0; tries -= 1) {
        turn = (turn + 1) % consumers.length;
        const consumer = consumers[turn];
        if (consumer && consumer.capacity() > 0) return consumer;
      }
      return undefined;
    },
    clear: () => consumers.splice(0),
  };
}
