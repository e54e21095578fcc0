import type { CollectedSpan } from './otlp-spans.ts';

const NANOS_PER_MS = 1_000_000;
/** What is worth reading beside the names. */
const TOLD = ['ayna.outcome', 'error.type', 'db.operation.batch.size', 'ayna.settlement'];
/** Said once, where it begins. */
const TOLD_BY_PRODUCERS = ['cloudevents.event_id'];

/**
 * A trace as a tree for a terminal: each span with its program, when it began after the first, how
 * long it took, and what became of it.
 */
export function describeTrace(all: readonly CollectedSpan[], traceId: string): string {
  const spans = all
    .filter((span) => span.traceId === traceId)
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  const known = new Set(spans.map(({ spanId }) => spanId));
  const begin = spans[0]?.start ?? 0n;
  const milliseconds = (nanos: bigint) => (Number(nanos) / NANOS_PER_MS).toFixed(1);
  const lines = [`trace ${traceId}`];
  const tell = (span: CollectedSpan, indent: string) => {
    const told = span.kind === 'producer' ? TOLD_BY_PRODUCERS : TOLD;
    const facts = told.flatMap((name) => {
      const value = span.attributes[name];
      return value === undefined ? [] : [`${name}=${String(value)}`];
    });
    lines.push(
      `${indent}${span.name}  [${span.service}, ${span.kind}]  +${milliseconds(span.start - begin)} ms, took ${milliseconds(span.end - span.start)} ms  ${facts.join(' ')}`.trimEnd(),
    );
    for (const child of spans) {
      if (child.parentSpanId === span.spanId) tell(child, `${indent}  `);
    }
  };
  for (const span of spans) {
    if (span.parentSpanId === undefined || !known.has(span.parentSpanId)) tell(span, '  ');
  }
  return `${lines.join('\n')}\n`;
}
