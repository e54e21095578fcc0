import { appendFile, writeFile } from 'node:fs/promises';
import {
  loadCheckpoint,
  openCheckpointFile,
  readCheckpointFile,
  readCost,
  runBackfill,
  createQueueBrake,
  type BackfillResult,
  type CheckpointStore,
  type ReadCost,
  type Rejection,
} from '@ayna/backfill';
import {
  AynaError,
  entities,
  entityOfType,
  mirrorChange,
  type DocumentChange,
  type Entity,
} from '@ayna/contract';
import { connectFirestore, firestoreSettings, openDocumentSource } from '@ayna/firestore';
import { exitCodes, readConfig } from '@ayna/platform';
import { buildEvent, createPublisher, type Publisher } from '@ayna/publisher';
import {
  brokerFailure,
  connectAdministration,
  connectServiceBus,
  serviceBusOf,
  serviceBusSettings,
  type ServiceBusPlace,
} from '@ayna/service-bus';
import type { CommandContext } from '../../command-context.ts';
import type { BackfillCommandOptions } from './command-options.ts';
import { showBackfillProgress } from './backfill-progress.ts';
import { describeCost, describeResult } from './backfill-text.ts';

/** The engine repeats a send by itself, and says so; retries of the SDK would only hide it. */
const NO_RETRIES = 0;

/** Runs `ayna mirror backfill`. Rejects with an AynaError when it could not be run to its end. */
export async function backfill(
  options: BackfillCommandOptions,
  context: CommandContext,
): Promise<void> {
  const note = (text: string) => context.note(text);
  const wanted = chosenEntities(options.entity);
  const config = readConfig({ ...serviceBusSettings, ...firestoreSettings }, context.env);
  const place = serviceBusOf(config);
  const firestore = await connectFirestore(config.GOOGLE_CLOUD_PROJECT);
  const client = connectServiceBus(place.endpoint, NO_RETRIES);
  const source = openDocumentSource(firestore);
  const work = {
    source: source.name,
    destination: `${client.fullyQualifiedNamespace}/${place.topic}`,
    entities: wanted,
  };
  const costOf = async (store: Pick<CheckpointStore, 'name' | 'load'>): Promise<ReadCost> => {
    const checkpoint = options.restart ? undefined : await loadCheckpoint(store, work);
    return readCost({
      source,
      entities: wanted,
      checkpoint,
      rate: options.rate,
      pricePer100kReads: options.pricePer100k,
      signal: context.signal,
      note,
    });
  };

  if (options.dryRun) {
    const file = options.checkpoint;
    const cost = await costOf({ name: file, load: () => readCheckpointFile(file) });
    await context.print(options.json ? `${JSON.stringify(cost)}\n` : describeCost(cost, options));
    return;
  }

  const checkpoint = await openCheckpointFile(options.checkpoint);
  try {
    const held = options.restart ? undefined : await loadCheckpoint(checkpoint, work);
    const cost = held?.finishedAt ? undefined : await costOf(checkpoint);
    if (cost) note(describeCost(cost, options).trimEnd());
    if (!held && options.rejected !== undefined) await writeRejected(options.rejected, '');
    const startedAt = performance.now();
    const brake = createQueueBrake({
      waiting: queueDepth(place),
      limit: options.maxQueue,
      note,
    });
    const progress = showBackfillProgress({
      documents: cost?.entities.reduce((sum, { documents }) => sum + documents, 0) ?? 0,
      brake,
    });
    const publisher = createPublisher(client, place.topic);
    let result: BackfillResult;
    try {
      result = await runBackfill({
        ...work,
        source,
        publish: publishThrough(publisher),
        checkpoint,
        restart: options.restart,
        rate: options.rate,
        parallel: options.parallel,
        brake,
        signal: context.signal,
        onProgress: (state) => progress.update(state),
        onRejected: rejectedWriter(options.rejected),
        note: (text) => progress.note(text),
      });
    } catch (error) {
      note(
        `The run has ended early. Its checkpoint ${options.checkpoint} is kept: the same command goes on from there.`,
      );
      throw error;
    } finally {
      progress.stop();
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    if (result.rejected > 0) context.exitCode = exitCodes.failed;
    for (const { path, reason } of result.rejections) note(`rejected: ${path}: ${reason}`);
    if (options.json) await context.print(`${JSON.stringify(jsonOf(result, seconds, options))}\n`);
    else await context.print(describeResult(result, seconds, options));
    if (result.outcome !== 'interrupted') await publisher.close();
  } finally {
    await checkpoint.close();
  }
}

/** @throws AynaError `InputInvalid` for a name that no entity has */
function chosenEntities(names: readonly string[]): readonly Entity[] {
  const unknown = names.find((name) => !entities.some((entity) => entity.name === name));
  if (unknown !== undefined) {
    const known = entities.map(({ name }) => name).join(', ');
    throw new AynaError('InputInvalid', `there is no entity "${unknown}" (known are ${known})`);
  }
  return names.length === 0 ? entities : entities.filter(({ name }) => names.includes(name));
}

/** Publishes as the triggers do; what the writer would dead-letter for ever is rejected here. */
function publishThrough(publisher: Publisher): (change: DocumentChange) => Promise<void> {
  return async (change) => {
    const event = buildEvent(entities, change, 'backfill');
    const typed = entityOfType(entities, event.type);
    if (typed) mirrorChange({ ...typed, event });
    await publisher.publish(event);
  };
}

/** How many messages wait for the writer. Rejects with AynaError. */
function queueDepth({ endpoint, topic, subscription }: ServiceBusPlace): () => Promise<number> {
  const administration = connectAdministration(endpoint);
  return async () => {
    try {
      const counts = await administration.getSubscriptionRuntimeProperties(topic, subscription);
      return counts.activeMessageCount;
    } catch (error) {
      throw brokerFailure(error, `counting the messages of "${topic}/${subscription}" failed`);
    }
  };
}

function rejectedWriter(file: string | undefined): (rejection: Rejection) => Promise<void> {
  return async (rejection) => {
    if (file !== undefined) await writeRejected(file, `${JSON.stringify(rejection)}\n`);
  };
}

/** Appends a line; empties the file for an empty text. */
async function writeRejected(file: string, text: string): Promise<void> {
  try {
    await (text === '' ? writeFile(file, '') : appendFile(file, text));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('InputInvalid', `"${file}" cannot be written: ${detail}`, { cause });
  }
}

function jsonOf(result: BackfillResult, seconds: number, options: BackfillCommandOptions): object {
  return { ...result, seconds: Math.round(seconds * 10) / 10, checkpoint: options.checkpoint };
}
