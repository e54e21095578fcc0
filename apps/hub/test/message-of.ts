import { CONTRACT_VERSION, SourceVersion, type Entity } from '@ayna/contract';
import { toMessage } from '@ayna/service-bus';

/** The creation of a document, as it travels. */
export function messageOf(
  entity: Entity,
  key: Readonly<Record<string, string>>,
  version: number,
  document: object,
): ReturnType<typeof toMessage> {
  const sourceVersion = SourceVersion.fromMicros(BigInt(version));
  const subject = entity.path.format(key);
  const time = sourceVersion.toIso();
  return toMessage(
    {
      specversion: '1.0',
      id: `${subject}@${version}`,
      type: entity.eventType('create'),
      source: '//test',
      subject,
      time,
      contractversion: CONTRACT_VERSION,
      data: {
        operation: 'create',
        key,
        sourceVersion,
        replacesVersion: null,
        document: JSON.stringify(document),
        previousDocument: null,
        claimCheck: false,
        occurredAt: time,
        attempt: 1,
        syncSource: 'trigger',
      },
    },
    subject,
  );
}
