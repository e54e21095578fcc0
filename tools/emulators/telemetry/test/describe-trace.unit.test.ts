import { expect, test } from 'vitest';
import { describeTrace, type CollectedSpan } from '../src/index.ts';

const START = 1_700_000_000_000_000_000n;

function span(
  name: string,
  parent: string | undefined,
  at: bigint,
  more: object = {},
): CollectedSpan {
  return {
    service: 'writer',
    traceId: 't',
    spanId: name,
    parentSpanId: parent,
    name,
    kind: 'internal',
    attributes: {},
    events: [],
    links: [],
    failed: false,
    start: START + at,
    end: START + at + 1_500_000n,
    ...more,
  };
}

test('a trace is told as a tree in the order of time, whatever order its spans came in', () => {
  const spans = [
    span('apply', 'process', 4_000_000n, { attributes: { 'ayna.outcome': 'applied' } }),
    span('process', 'send', 3_000_000n, { kind: 'consumer' }),
    span('send', undefined, 0n, {
      kind: 'producer',
      service: 'triggers',
      attributes: { 'cloudevents.event_id': 'e1' },
    }),
    span('settle', 'process', 6_000_000n),
    span('elsewhere', undefined, 0n, { traceId: 'another' }),
  ];
  expect(describeTrace(spans, 't')).toBe(
    [
      'trace t',
      '  send  [triggers, producer]  +0.0 ms, took 1.5 ms  cloudevents.event_id=e1',
      '    process  [writer, consumer]  +3.0 ms, took 1.5 ms',
      '      apply  [writer, internal]  +4.0 ms, took 1.5 ms  ayna.outcome=applied',
      '      settle  [writer, internal]  +6.0 ms, took 1.5 ms',
      '',
    ].join('\n'),
  );
});

test('a span whose parent did not arrive is told all the same', () => {
  expect(describeTrace([span('apply', 'lost', 0n)], 't')).toContain('apply  [writer, internal]');
});
