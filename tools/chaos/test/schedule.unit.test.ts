import { describe, expect, test } from 'vitest';
import { faults } from '../src/faults/index.ts';
import { planMessages } from '../src/fuzz/plan-messages.ts';
import { bodyBytes } from '../src/fuzz/draft.ts';
import { planLoad } from '../src/load/plan-load.ts';
import { planSchedule } from '../src/schedule.ts';

const schedule = (seed: number) =>
  planSchedule(faults, seed, 300_000).map(({ atMs, fault, on, detail, durationMs }) => ({
    atMs,
    fault: fault.name,
    on,
    detail,
    durationMs,
  }));
const load = (seed: number) => [...planLoad({ seed, lengthMs: 20_000, writesPerSecond: 100 })];
const messages = (seed: number) =>
  [...planMessages({ seed, messages: 2_000, strings: ['a', 'b'] })].map(
    ({ draft, mutations, verdict }) => ({
      mutations,
      verdict,
      properties: draft.properties,
      body: draft.body.kind === 'json' ? bodyBytes(draft).toString() : draft.body,
    }),
  );

describe('the same seed makes the same', () => {
  test.for([
    ['faults', schedule],
    ['load', load],
    ['messages', messages],
  ] as const)('%s, and another seed makes others', ([, plan]) => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });
});

describe('a schedule', () => {
  test('has every kind of fault before any kind for the third time', () => {
    const seen: string[] = [];
    for (const { fault } of schedule(3)) {
      seen.push(fault);
      if (seen.filter((name) => name === fault).length === 3) break;
    }
    expect(new Set(seen)).toEqual(new Set(faults.map(({ name }) => name)));
  });

  test('never has two faults on one thing at a time, and none that lasts beyond its end', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const busy = new Map<string, number>();
      for (const { on, atMs, durationMs } of schedule(seed)) {
        expect(busy.get(on) ?? 0).toBeLessThanOrEqual(atMs);
        expect(atMs + durationMs).toBeLessThanOrEqual(300_000);
        busy.set(on, atMs + durationMs);
      }
    }
  });
});

describe('a load', () => {
  test('holds creates, updates, deletes, re-creations, batches, bursts and large documents', () => {
    const steps = [...planLoad({ seed: 1, lengthMs: 100_000, writesPerSecond: 100 })];
    const history = new Map<string, string>();
    const kinds = new Set<string>(steps.map(({ kind }) => kind));
    for (const { path, fields } of steps.flatMap(({ writes }) => writes)) {
      const before = history.get(path);
      if (!fields) kinds.add('delete');
      else if (before === undefined) kinds.add('create');
      else kinds.add(before === 'gone' ? 're-creation' : 'update');
      if (typeof fields?.body === 'string' && fields.body.length > 150_000) kinds.add('large');
      history.set(path, fields ? 'there' : 'gone');
    }
    expect([...kinds].sort()).toEqual(
      ['single', 'batch', 'burst', 'create', 'update', 'delete', 're-creation', 'large'].sort(),
    );
  });
});
