import type { Entity } from '@ayna/contract';
import type { EnsureOutcome, GatewayCalls, GatewayErrorCode } from '@ayna/contract/gateway';
import { aynaMeter, LATENCY_BUCKETS_MS } from '@ayna/platform';

/** What a gateway measures, through the OpenTelemetry API. */
export interface Measurements {
  called(call: keyof GatewayCalls, outcome: 'ok' | GatewayErrorCode, milliseconds: number): void;
  /**
   * @param latencyMs from the commit of the document to its commit in SQL; null unless written
   * @param writtenAtMs when the client says that Firestore acknowledged the write
   */
  ensured(
    entity: Entity,
    outcome: EnsureOutcome,
    latencyMs: number | null,
    writtenAtMs: number | undefined,
  ): void;
}

/** Clients' clocks are wrong, and queues wait for days: beyond this it says nothing about latency. */
const MAX_CLIENT_LATENCY_MS = 60_000;

export function measureGateway(): Measurements {
  const meter = aynaMeter();
  const advice = { explicitBucketBoundaries: LATENCY_BUCKETS_MS };
  const calls = meter.createHistogram('callable_latency', {
    description: 'Calls from clients, by category, name and outcome',
    advice,
  });
  const ensured = meter.createCounter('gateway_ensured_total', {
    description: 'Documents that clients had ensured, by outcome',
  });
  const documents = meter.createHistogram('document_to_sql_latency_ms', {
    description: 'Committed in Firestore to committed in SQL',
    advice,
  });
  const dualWrites = meter.createHistogram('dual_write_latency_ms', {
    description: 'Acknowledged by Firestore to the client, by its clock, to found in SQL',
    advice,
  });
  return {
    called(call, outcome, milliseconds) {
      const category = call.includes('Follow') ? 'followSqlMirror' : 'dmSqlMirror';
      calls.record(milliseconds, { category, call, outcome });
    },
    ensured(entity, outcome, latencyMs, writtenAtMs) {
      const labels = { entity: entity.name };
      ensured.add(1, { ...labels, outcome });
      if (latencyMs !== null) documents.record(latencyMs, labels);
      if (writtenAtMs === undefined || outcome === 'absent') return;
      const dualWriteMs = Date.now() - writtenAtMs;
      if (dualWriteMs < 0 || dualWriteMs > MAX_CLIENT_LATENCY_MS) return;
      const category = entity.name.startsWith('dm.') ? 'dmSqlMirror' : 'followSqlMirror';
      dualWrites.record(dualWriteMs, { ...labels, category });
    },
  };
}
