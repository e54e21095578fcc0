import { readConfig } from '@ayna/platform';
import {
  connectAdministration,
  connectServiceBus,
  openDeadLetters,
  readQueueCounts,
  serviceBusOf,
  serviceBusSettings,
  tombstoneSettings,
  type DeadLetters,
  type QueueCounts,
  type ServiceBusPlace,
} from '@ayna/service-bus';
import { z } from 'zod';
import type { CommandContext } from '../../command-context.ts';

const MS_PER_DAY = 86_400_000;

/** What the commands work with. */
export interface OpenLetters {
  readonly letters: DeadLetters;
  readonly place: ServiceBusPlace;
  /** Where records of what was done go, unless the command line says otherwise. */
  readonly auditFile: string;
  /** How long tombstones are kept: older events are not replayed. */
  readonly retentionMs: number;
  counts(): Promise<QueueCounts>;
}

/** Connects to the broker that the settings name, and disconnects when the work is done. */
export async function withDeadLetters<T>(
  { env }: CommandContext,
  work: (open: OpenLetters) => Promise<T>,
): Promise<T> {
  const config = readConfig(
    {
      ...serviceBusSettings,
      AYNA_AUDIT_FILE: z.string().default('ayna-audit.jsonl'),
      ...tombstoneSettings,
    },
    env,
  );
  const place = serviceBusOf(config);
  const { topic, subscription, endpoint } = place;
  const client = connectServiceBus(endpoint);
  try {
    return await work({
      letters: openDeadLetters({ client, topic, subscription }),
      place,
      auditFile: config.AYNA_AUDIT_FILE,
      retentionMs: config.TOMBSTONE_RETENTION_DAYS * MS_PER_DAY,
      counts: () => readQueueCounts(connectAdministration(endpoint), topic, subscription),
    });
  } finally {
    await client.close();
  }
}
