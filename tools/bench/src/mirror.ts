import { startBroker } from './broker.ts';
import type { Bench } from './bench.ts';
import { pgliteSource, postgresSource } from './databases.ts';
import { makeBacklog } from './mirror/backlog.ts';
import { brokerHop, upsertHop } from './mirror/bare-hops.ts';
import { applyOnly, drain, receiveOnly, seed } from './mirror/measured-runs.ts';
import { mirrorReport, runNames, type Round, type RunName } from './mirror/report.ts';
import { measureWholePath } from './mirror/whole-path.ts';

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
    const rounds: Round[] = [];

    for (let round = 0; round < request.rounds; round += 1) {
      await using broker = await startBroker();
      await broker.createTopic(TOPIC, ['drained', 'drainedPglite', 'receiveOnly']);
      request.progress(`round ${round + 1} of ${request.rounds}: publishing the backlog`);
      await seed(broker, TOPIC, backlog);
      const runs: Record<RunName, () => Promise<number>> = {
        drained: () => drain(broker, TOPIC, 'drained', postgres, backlog),
        drainedPglite: () => drain(broker, TOPIC, 'drainedPglite', pglite, backlog),
        receiveOnly: () => receiveOnly(broker, TOPIC, 'receiveOnly', request.events),
        applyOnly: () => applyOnly(postgres, backlog),
        applyOnlyPglite: () => applyOnly(pglite, backlog),
      };
      const rates = new Map<RunName, number>();
      for (const name of rotated(runNames, round)) {
        const rate = await runs[name]();
        rates.set(name, rate);
        request.progress(`  ${name}: ${Math.round(rate)} events/s`);
      }
      rounds.push(rates);
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
    return mirrorReport(request.events, rounds, {
      ...wholePath,
      brokerHop: brokerHopMs,
      upsertHop: upsertHopMs,
    });
  },
};

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
