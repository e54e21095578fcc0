import type { LatencySummary } from '@ayna/platform';
import type { Broker } from '../broker.ts';
import { nowMs } from '../now.ts';
import { startProgram } from '../program.ts';
import type { DatabaseSource } from '../databases.ts';
import { allSettled, statusPort } from '../writer-status.ts';
import { documentLoad, PROJECT } from './document-load.ts';
import { WRITER, writerEnvironment } from './measured-runs.ts';

/** The whole path: a document is written, its trigger publishes, the writer commits. */
export interface WholePath {
  readonly perSecond: number;
  /** The pace at which the latencies were taken. */
  readonly steadyPerSecond: number;
  readonly documentToSql: LatencySummary;
  readonly queueToSql: LatencySummary;
}

const STEADY_SHARE = 0.2;
const STEADY_SECONDS = 10;
/** Documents written before anything is measured: everybody connects and warms up. */
const WARM_UP = 500;

/** Measures the whole path, with every part in a process of its own. */
export async function measureWholePath(
  broker: Broker,
  source: DatabaseSource,
  documents: number,
): Promise<WholePath> {
  const topic = 'whole-path';
  const subscription = 'sql-writer';
  await broker.createTopic(topic, [subscription]);
  await using database = await source.fresh();
  const environment = writerEnvironment(broker, topic, subscription, database.url);
  await using firestore = await startProgram(import.meta.resolve('./document-source.ts'), [], {
    ...environment,
    GCLOUD_PROJECT: PROJECT,
    FIREBASE_CONFIG: JSON.stringify({ projectId: PROJECT }),
  });
  const { host } = firestore.announcement as { readonly host: string };
  await using load = documentLoad(host);

  let perSecond: number;
  {
    await using writer = await startProgram(import.meta.resolve(WRITER), [], environment);
    const port = statusPort(writer);
    await load.write(WARM_UP);
    await allSettled(port, WARM_UP);
    const begun = nowMs();
    await load.write(documents);
    await allSettled(port, WARM_UP + documents);
    perSecond = documents / ((nowMs() - begun) / 1_000);
  }

  const steadyPerSecond = perSecond * STEADY_SHARE;
  const count = Math.ceil(steadyPerSecond * STEADY_SECONDS);
  await using writer = await startProgram(import.meta.resolve(WRITER), [], environment);
  const port = statusPort(writer);
  await load.writeSteadily(count, steadyPerSecond);
  const { latencyMs } = await allSettled(port, count);
  return { perSecond, steadyPerSecond, ...latencyMs };
}
