import { availableParallelism } from 'node:os';
import type { LatencySummary } from '@ayna/platform';
import { startBroker } from './broker.ts';
import type { Bench, BenchReport, BenchRequest } from './bench.ts';
import { pgliteSource, postgresSource } from './databases.ts';
import { median } from './median.ts';
import { makeBacklog } from './mirror/backlog.ts';
import { brokerHop, upsertHop } from './mirror/bare-hops.ts';
import { applyOnly, drain, receiveOnly, seed } from './mirror/measured-runs.ts';
import { measureWholePath } from './mirror/whole-path.ts';

/** What a round measures, in events a second. */
const runNames = [
  'drained',
  'drainedPglite',
  'receiveOnly',
  'applyOnly',
  'applyOnlyPglite',
] as const;
type RunName = (typeof runNames)[number];

const TOPIC = 'backlog';
/** The whole path writes one document for so many events of the backlog. */
const EVENTS_PER_DOCUMENT = 10;

/**
 * How much of what its parts could do the mirror does: a waiting backlog drained by the writer,
 * beside receiving without SQL and SQL without a broker. Every round has a broker of its own and
 * begins with another run, so that neither noise nor order decides.
 */
export const mirrorBench: Bench = {
  summary: 'a backlog drained into SQL against the two ceilings, and the latency of the whole path',
  async run(request) {
    const backlog = makeBacklog(request.events);
    await using postgres = await postgresSource();
    await using pglite = pgliteSource();
    const rates = new Map<RunName, number[]>(runNames.map((name) => [name, []]));

    for (let round = 0; round < request.rounds; round += 1) {
      await using broker = await startBroker();
      await broker.createTopic(TOPIC, ['drained', 'drainedPglite', 'receiveOnly']);
      request.progress(`round ${round + 1} of ${request.rounds}: publishing the backlog`);
      await seed(broker, TOPIC, backlog);
      const runs: Record<RunName, () => Promise<number>> = {
        drained: () => drain(broker, TOPIC, 'drained', postgres, backlog),
        drainedPglite: () => drain(broker, TOPIC, 'drainedPglite', pglite, backlog),
        receiveOnly: () => receiveOnly(broker, TOPIC, 'receiveOnly', request.events),
        applyOnly: () => applyOnly(postgres, request.events),
        applyOnlyPglite: () => applyOnly(pglite, request.events),
      };
      for (const name of rotated(runNames, round)) {
        const rate = await runs[name]();
        rates.get(name)?.push(rate);
        request.progress(`  ${name}: ${Math.round(rate)} events/s`);
      }
    }

    request.progress('the whole path');
    await using broker = await startBroker();
    const wholePath = await measureWholePath(
      broker,
      postgres,
      Math.ceil(request.events / EVENTS_PER_DOCUMENT),
    );
    request.progress('the bare hops');
    const brokerHopMs = await brokerHop(broker);
    const upsertHopMs = await upsertHop(postgres);
    return report(request, rates, { ...wholePath, brokerHop: brokerHopMs, upsertHop: upsertHopMs });
  },
};

interface Latencies {
  readonly perSecond: number;
  readonly steadyPerSecond: number;
  readonly documentToSql: LatencySummary;
  readonly queueToSql: LatencySummary;
  readonly brokerHop: LatencySummary;
  readonly upsertHop: LatencySummary;
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function report(
  { events, rounds }: BenchRequest,
  rates: ReadonlyMap<RunName, readonly number[]>,
  latencies: Latencies,
): BenchReport {
  const rate = (name: RunName) => median(rates.get(name) ?? []);
  const share = (drained: RunName, ceiling: RunName) =>
    rate(drained) / Math.min(rate('receiveOnly'), rate(ceiling));
  const ratio = share('drained', 'applyOnly');
  const ratioPglite = share('drainedPglite', 'applyOnlyPglite');
  const { perSecond, steadyPerSecond, ...summaries } = latencies;
  const rows = Object.entries(summaries);
  return {
    figures: {
      bench: 'mirror',
      events,
      rounds,
      cores: availableParallelism(),
      eventsPerSecond: {
        ...Object.fromEntries(runNames.map((name) => [name, Math.round(rate(name))])),
        wholePath: Math.round(perSecond),
      },
      ratio: rounded(ratio),
      ratioPglite: rounded(ratioPglite),
      latencyAt: { eventsPerSecond: Math.round(steadyPerSecond), unit: 'ms' },
      ...Object.fromEntries(
        rows.map(([name, { p50, p95, p99 }]) => [
          name,
          { p50: rounded(p50), p95: rounded(p95), p99: rounded(p99) },
        ]),
      ),
      roundsEventsPerSecond: Object.fromEntries(
        runNames.map((name) => [name, rates.get(name)?.map(Math.round)]),
      ),
    },
    lines: [
      `${events} events, median of ${rounds} rounds, ${availableParallelism()} cores`,
      '',
      row('events/s', 'PostgreSQL', 'PGlite'),
      row('drained by the writer', whole(rate('drained')), whole(rate('drainedPglite'))),
      row('ceiling: no SQL', whole(rate('receiveOnly')), whole(rate('receiveOnly'))),
      row('ceiling: no broker', whole(rate('applyOnly')), whole(rate('applyOnlyPglite'))),
      row('ratio', ratio.toFixed(2), ratioPglite.toFixed(2)),
      row('whole path', whole(perSecond)),
      '',
      row(`ms at ${whole(steadyPerSecond)} events/s`, 'P50', 'P95', 'P99'),
      ...rows.map(([name, { p50, p95, p99 }]) =>
        row(name, p50.toFixed(1), p95.toFixed(1), p99.toFixed(1)),
      ),
    ],
  };
}

function row(label: string, ...cells: string[]): string {
  return [label.padEnd(24), ...cells.map((cell) => cell.padStart(12))].join('');
}

function whole(value: number): string {
  return String(Math.round(value));
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
