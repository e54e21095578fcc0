import type { DocumentSource } from '@ayna/firestore';
import type { Logger } from '@ayna/platform';
import type { MirrorReads, MirrorStore } from '@ayna/sql-gateway';
import type { CallLimiter } from './call-limiter.ts';

/** What a gateway works with. */
export interface GatewayPorts {
  readonly source: DocumentSource;
  readonly store: MirrorStore;
  readonly reads: MirrorReads;
  readonly limiter: CallLimiter;
  readonly logger: Logger;
}
