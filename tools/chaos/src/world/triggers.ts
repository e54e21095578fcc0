import type { CloudFunction, FirestoreEmulator } from '@ayna/emulator-firestore';

/** What went wrong in the triggers; their deliveries are repeated. */
export interface TriggerLog {
  failed(cause: unknown): void;
  /** Failures by what they said, figures aside; the most frequent first. */
  failures(): readonly { readonly says: string; readonly times: number }[];
}

const MAX_LENGTH = 300;

export function openTriggerLog(): TriggerLog {
  const counts = new Map<string, number>();
  return {
    failed: (cause) => {
      const says = (cause instanceof Error ? cause.message : String(cause))
        .replace(/\d+/g, '#')
        .slice(0, MAX_LENGTH);
      counts.set(says, (counts.get(says) ?? 0) + 1);
    },
    failures: () =>
      [...counts].map(([says, times]) => ({ says, times })).sort((a, b) => b.times - a.times),
  };
}

/**
 * Registers what `apps/triggers` exports, as a deployment would. They run in this process, so their
 * settings are put into its environment.
 */
export async function registerTriggers(
  firestore: FirestoreEmulator,
  project: string,
  connectionString: string,
): Promise<void> {
  Object.assign(process.env, {
    SERVICEBUS_CONNECTION_STRING: connectionString,
    FIRESTORE_EMULATOR_HOST: firestore.host,
    GOOGLE_CLOUD_PROJECT: project,
    GCLOUD_PROJECT: project,
    LOG_LEVEL: 'warn',
    // Without it, Google's client libraries look for a metadata server that is not there.
    METADATA_SERVER_DETECTION: 'none',
  });
  const functions = await import('@ayna/triggers');
  for (const [name, mirror] of Object.entries(functions)) {
    firestore.functions.register(mirror as unknown as CloudFunction, { name });
  }
}
