import { dmMessage, projectFields, SourceVersion, type MirrorChange } from '@ayna/contract';
import { fieldsOf } from '../mirror/backlog.ts';

const FIRST_VERSION = 1_767_225_600_000_000n;

/** Changes of the messages `from` to `from + count`, the same for the same numbers. */
export function messageChanges(from: number, count: number, version: number): MirrorChange[] {
  return Array.from({ length: count }, (_, index) => messageChange(from + index, version));
}

function messageChange(number: number, version: number): MirrorChange {
  let dice = number;
  const next = () => (dice = (dice * 48_271 + 11) % 2_147_483_647) / 2_147_483_647;
  return {
    entity: dmMessage,
    key: { conversationId: `conversation-${number % 1_009}`, messageId: `message-${number}` },
    sourceVersion: SourceVersion.fromMicros(FIRST_VERSION + BigInt(version)),
    columns: projectFields(dmMessage, fieldsOf(dmMessage, number + version, next)),
    eventId: `dm.message.update:bench:${number}:${version}`,
    syncSource: 'trigger',
    retryCount: 0,
  };
}
