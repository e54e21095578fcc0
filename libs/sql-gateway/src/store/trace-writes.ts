import {
  context,
  SpanKind,
  trace,
  type Attributes,
  type Context,
  type Link,
  type Span,
} from '@opentelemetry/api';
import type { Outcome } from '@ayna/contract';
import { aynaTracer, failSpan } from '@ayna/platform';
import type { Database } from '../database.ts';
import { isDeletion, type Batch, type EntityTarget } from './batches.ts';

export interface TracedWrites {
  readonly database: Pick<Database, 'dialect' | 'target'>;
  /** The calls that write the changes; asked for only when somebody records. */
  readonly batches: () => readonly Batch<EntityTarget>[];
  /** The trace of each change; without it, all belong to the trace in which this is called. */
  readonly contexts: readonly Context[] | undefined;
  readonly write: () => Promise<Outcome[]>;
}

/** An SDK keeps so many links of a span, by default. */
const MAX_LINKS = 128;

/**
 * Writes, and records the round trip to the database as a span of kind CLIENT.
 *
 * Changes that are written together belong to traces of their own. Each of these gets a span of the
 * call that wrote its change; when there are several, the round trip is a trace besides, linked both
 * ways. What fails is recorded like what succeeds, so that each attempt is seen.
 */
export async function traceWrites(writes: TracedWrites): Promise<Outcome[]> {
  const { contexts, write } = writes;
  const parents = contexts ?? [context.active()];
  const recording = parents.flatMap((parent, position) =>
    trace.getSpan(parent)?.isRecording() === true ? [{ parent, position }] : [],
  );
  if (recording.length === 0) return write();
  const calls = callsOf(writes);
  const together =
    contexts !== undefined && contexts.length > 1
      ? startTogether(
          calls,
          recording.map(({ parent }) => parent),
        )
      : undefined;
  const startedAt = Date.now();
  const clock = performance.now();
  let result: { readonly outcomes: Outcome[] } | { readonly error: unknown };
  try {
    result = { outcomes: await write() };
  } catch (error) {
    result = { error };
  }
  const endedAt = startedAt + performance.now() - clock;
  const end = (span: Span, outcome: (outcomes: Outcome[]) => Attributes) => {
    if ('error' in result) failSpan(span, result.error);
    else span.setAttributes(outcome(result.outcomes));
    span.end(endedAt);
  };
  const links: Link[] =
    together?.isRecording() === true ? [{ context: together.spanContext() }] : [];
  if (together) end(together, countOutcomes);
  for (const { parent, position } of recording) {
    const call = contexts === undefined ? calls.whole : calls.at(position);
    const span = aynaTracer().startSpan(
      call.name,
      { kind: SpanKind.CLIENT, startTime: startedAt, attributes: call.attributes, links },
      parent,
    );
    end(span, (outcomes) => {
      const outcome = outcomes[position];
      return contexts === undefined || outcome === undefined
        ? countOutcomes(outcomes)
        : { 'ayna.outcome': outcome };
    });
  }
  if ('error' in result) throw result.error;
  return result.outcomes;
}

interface Call {
  readonly name: string;
  readonly attributes: Attributes;
}

/** What the spans of a round trip say: of all its calls, and of the one that wrote a change. */
function callsOf({ database, batches }: TracedWrites): {
  readonly whole: Call;
  at(position: number): Call;
} {
  const place = placeOf(database);
  const operation = database.dialect === 'postgres' ? 'SELECT' : 'EXECUTE';
  const call = (procedures: readonly string[], size: number): Call => {
    const [procedure] = procedures;
    const single = procedures.length === 1 && procedure !== undefined;
    return {
      name: single ? `${operation} ${procedure}` : `${operation} ${procedures.length} procedures`,
      attributes: {
        ...place,
        'db.operation.name': operation,
        ...(single
          ? { 'db.stored_procedure.name': procedure }
          : { 'ayna.procedures': [...procedures] }),
        ...(size > 1 ? { 'db.operation.batch.size': size } : {}),
      },
    };
  };
  const own: Call[] = [];
  const procedures: string[] = [];
  let size = 0;
  for (const batch of batches()) {
    const { upsert, delete: remove } = batch.target;
    const procedure = (isDeletion(batch) ? remove : upsert).replaceAll(/["[\]]/g, '');
    const one = call([procedure], batch.positions.length);
    for (const position of batch.positions) own[position] = one;
    procedures.push(procedure);
    size += batch.positions.length;
  }
  const whole = call(procedures, size);
  return { whole, at: (position) => own[position] ?? whole };
}

/** The span of a round trip for several traces: the root of one of its own. */
function startTogether({ whole }: { readonly whole: Call }, parents: readonly Context[]): Span {
  const links = parents.slice(0, MAX_LINKS).flatMap((parent) => {
    const written = trace.getSpanContext(parent);
    return written ? [{ context: written }] : [];
  });
  return aynaTracer().startSpan(whole.name, {
    kind: SpanKind.CLIENT,
    root: true,
    attributes: whole.attributes,
    links,
  });
}

function countOutcomes(outcomes: readonly Outcome[]): Attributes {
  const attributes: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = `ayna.${outcome}`;
    attributes[name] = (attributes[name] ?? 0) + 1;
  }
  return attributes;
}

/** Which database, by the conventions; `db.system` is how Azure Monitor still knows it. */
function placeOf({ dialect, target }: TracedWrites['database']): Attributes {
  const [, host, port, name] = /^(.*?)(?::(\d+))?(?:\/(.*))?$/.exec(target) ?? [];
  return {
    'db.system.name': dialect === 'postgres' ? 'postgresql' : 'microsoft.sql_server',
    'db.system': dialect === 'postgres' ? 'postgresql' : 'mssql',
    ...(host ? { 'server.address': host } : {}),
    ...(port ? { 'server.port': Number(port) } : {}),
    ...(name ? { 'db.namespace': name } : {}),
  };
}
