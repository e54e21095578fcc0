import { describe, expect, test } from 'vitest';
import { parseTraceText, traceTextOf } from '../src/index.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${SPAN}-01`;

describe('W3C trace context', () => {
  test('survives the round trip as text', () => {
    const text = { traceparent, tracestate: 'vendor=a,other=b' };
    expect(traceTextOf(parseTraceText(text.traceparent, text.tracestate))).toEqual(text);
  });

  test('is carried on without the entries that are malformed, and what is set comes first', () => {
    const context = parseTraceText(traceparent, 'a=1,=x,nonsense,b=2, c=3');
    expect(context?.traceState?.serialize()).toBe('a=1,b=2,c=3');
    expect(context?.traceState?.set('c', '4').unset('a').serialize()).toBe('c=4,b=2');
  });

  test('of a later version is read as far as this one knows it', () => {
    expect(parseTraceText(`01-${TRACE}-${SPAN}-00-more`)).toMatchObject({
      traceId: TRACE,
      spanId: SPAN,
      traceFlags: 0,
      isRemote: true,
    });
  });

  test.for<unknown>([
    undefined,
    null,
    7,
    {},
    '',
    'x',
    traceparent.toUpperCase(),
    `${traceparent}-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-1`,
  ])('that is malformed is none: %j', (malformed) => {
    expect(parseTraceText(malformed)).toBeUndefined();
  });

  test.for<unknown>([7, '', 'x'.repeat(513)])(
    'goes without a tracestate that cannot be used: %j',
    (tracestate) => {
      expect(traceTextOf(parseTraceText(traceparent, tracestate))).toEqual({ traceparent });
    },
  );

  test('of nothing is no text', () => {
    expect(traceTextOf(undefined)).toBeUndefined();
  });
});
