import { dmConversation } from '@ayna/contract';
import type { DocumentReading } from '@ayna/firestore';
import type { Caller } from './caller.ts';
import { denied } from './gateway-error.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { takesPart } from './participants.ts';

/** Looks a conversation up in Firestore. */
export async function lookAtConversation(
  { source }: Pick<GatewayPorts, 'source'>,
  conversationId: string,
): Promise<DocumentReading> {
  const [reading] = await source.readMany(dmConversation, [{ conversationId }]);
  if (!reading) throw denied();
  return reading;
}

/**
 * Lets a caller pass who takes part in a conversation by its document. Of a conversation that is
 * gone the row may still be live: who took part by that may say that it is gone.
 *
 * Rejects with GatewayError `permission-denied` for everybody else.
 */
export async function mayWrite(
  { store }: Pick<GatewayPorts, 'store'>,
  { userId }: Caller,
  conversationId: string,
  { document }: DocumentReading,
): Promise<void> {
  if (document) {
    if (takesPart(userId, document.state.fields)) return;
    throw denied();
  }
  await mayRead({ store }, { userId }, conversationId);
}

/**
 * Lets a caller pass who takes part in a conversation by its live row.
 *
 * Rejects with GatewayError `permission-denied` for everybody else, also when there is no such row.
 */
export async function mayRead(
  { store }: Pick<GatewayPorts, 'store'>,
  { userId }: Caller,
  conversationId: string,
): Promise<void> {
  const row = await store.read(dmConversation, { conversationId });
  if (!row?.columns || !takesPart(userId, row.columns)) throw denied();
}
