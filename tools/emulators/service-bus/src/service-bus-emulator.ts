import { createAdminService } from './admin/admin-service.ts';
import { serveAmqp } from './amqp/amqp-connection.ts';
import { systemClock, type Clock } from './broker/clock.ts';
import { parseMessage } from './amqp/encoded-message.ts';
import { memoryJournal } from './broker/journal.ts';
import { Namespace } from './broker/namespace.ts';
import { createCertificate, keepCertificate } from './certificate.ts';
import { openPort } from './port.ts';
import { openStorage } from './storage/open-storage.ts';
import { createTopology, type Topology } from './topology.ts';

/** How the emulator is started. */
export interface ServiceBusEmulatorOptions {
  /**
   * The port for AMQP, HTTP and TLS alike; 0 takes a free one.
   *
   * @defaultValue 0
   */
  readonly port?: number;
  /**
   * The address to listen on. Anyone who reaches it may do everything.
   *
   * @defaultValue '127.0.0.1'
   */
  readonly host?: string;
  /**
   * Where messages and entities are kept, so that they outlive the process.
   *
   * @defaultValue nowhere: everything is forgotten at the end
   */
  readonly dataDirectory?: string;
  /**
   * Called if the disk refuses to keep something. Nothing is acknowledged any more after that.
   *
   * @defaultValue the error is thrown, which ends the process
   */
  readonly onStorageFailure?: (error: unknown) => void;
  /** Entities that are created at the start, unless they are there. */
  readonly topology?: Topology;
  /**
   * The time, for tests.
   *
   * @defaultValue the system's
   */
  readonly clock?: Clock;
  /**
   * The largest message that is taken, in bytes.
   *
   * @defaultValue 262144, as in Azure's standard tier
   */
  readonly maxMessageBytes?: number;
  /**
   * The only key that is let in over AMQP.
   *
   * @defaultValue none: every key is
   */
  readonly sharedAccessKey?: string;
  /**
   * Which tokens are let in over AMQP: those of Entra ID come as they are.
   *
   * @defaultValue all
   */
  readonly acceptsToken?: (token: string) => boolean;
}

/** A running emulator. */
export interface ServiceBusEmulator extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** For `new ServiceBusClient(...)`. */
  readonly connectionString: string;
  /** Where the administration API is, without TLS. */
  readonly adminUrl: string;
  /** The same with TLS: where `ServiceBusAdministrationClient` looks for it. */
  readonly secureAdminUrl: string;
  /** The certificate that clients have to trust for TLS, as PEM. */
  readonly certificate: string;
  /** Cuts all connections. What was acknowledged is on disk, if there is a data directory. */
  close(): Promise<void>;
}

export const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_MAX_MESSAGE_BYTES = 262_144;
const KEY_NAME = 'RootManageSharedAccessKey';
/** Clients insist on there being a key. */
const KEY = 'SAS_KEY_VALUE';

/** Starts an embedded Service Bus. Rejects when the port is taken or the data directory unusable. */
export async function startServiceBusEmulator(
  options: ServiceBusEmulatorOptions = {},
): Promise<ServiceBusEmulator> {
  const host = options.host ?? DEFAULT_HOST;
  const clock = options.clock ?? systemClock;
  const maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
  const storage =
    options.dataDirectory === undefined
      ? undefined
      : openStorage(options.dataDirectory, options.onStorageFailure ?? rethrow);
  const namespace = new Namespace(clock, storage?.journal ?? memoryJournal);
  await storage?.attach(namespace, parseMessage);
  if (options.topology) createTopology(namespace, options.topology);
  const tls =
    options.dataDirectory === undefined
      ? await createCertificate(host)
      : await keepCertificate(options.dataDirectory, host);
  const open = await openPort(
    {
      amqp: (socket) => {
        const { sharedAccessKey, acceptsToken } = options;
        serveAmqp(socket, { namespace, maxMessageBytes, sharedAccessKey, acceptsToken });
      },
      http: createAdminService(namespace),
    },
    { port: options.port ?? 0, host, tls },
  );

  const authority = `${host.includes(':') ? `[${host}]` : host}:${open.port}`;
  const close = async () => {
    await open.close();
    namespace.close();
    await storage?.close();
  };
  return {
    host,
    port: open.port,
    connectionString: `Endpoint=sb://${authority};SharedAccessKeyName=${KEY_NAME};SharedAccessKey=${options.sharedAccessKey ?? KEY};UseDevelopmentEmulator=true;`,
    adminUrl: `http://${authority}`,
    secureAdminUrl: `https://${authority}`,
    certificate: tls.certificate,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function rethrow(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
