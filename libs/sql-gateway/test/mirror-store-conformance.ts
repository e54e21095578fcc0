import { entities } from '@ayna/contract';
import { afterAll, beforeAll, describe } from 'vitest';
import { byHand } from './by-hand.ts';
import { describeBatches } from './conformance/batches.ts';
import { describeConcurrency } from './conformance/concurrency.ts';
import { describeHistories } from './conformance/histories.ts';
import { describeLatencies } from './conformance/latencies.ts';
import { describeLists } from './conformance/lists.ts';
import { describeOrdering } from './conformance/ordering.ts';
import { describePurge } from './conformance/purge.ts';
import { describeReads } from './conformance/reads.ts';
import { describeRepairs } from './conformance/repairs.ts';
import { describeSchema } from './conformance/schema.ts';
import { describeTampering } from './conformance/tampering.ts';
import { describeValues } from './conformance/values.ts';
import type { StoreUnderTest } from './store-under-test.ts';

/** What every mirror store guarantees, whatever the database below it. */
export function describeMirrorStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`mirror store on ${name}`, () => {
    let opened: StoreUnderTest | undefined;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.[Symbol.asyncDispose]());
    const current = (): StoreUnderTest => {
      if (opened) return opened;
      throw new Error('the store is opened before the tests run');
    };
    /** Guarantees that begin with empty tables, whatever the ones before them left. */
    const group = (title: string, describeGroup: (open: () => StoreUnderTest) => void) =>
      describe(title, () => {
        beforeAll(() => byHand(current().database).empty(entities));
        describeGroup(current);
      });
    group('ordering', describeOrdering);
    group('batches', describeBatches);
    group('values', describeValues);
    group('concurrency', describeConcurrency);
    group('histories', describeHistories);
    group('purge', describePurge);
    group('reads', describeReads);
    group('lists', describeLists);
    group('latencies', describeLatencies);
    group('repairs', describeRepairs);
    group('tampering', describeTampering);
    group('schema', describeSchema);
  });
}
