import { serve } from './grpc/server.ts';
import { createFunctions, type DeliveryOptions, type Functions } from './functions/functions.ts';
import type { WallClock } from './store/clock.ts';
import { Store } from './store/store.ts';
import { serveWeb } from './web/serve-web.ts';

/** Everything about an emulator that can be chosen. */
export interface FirestoreEmulatorOptions {
  /** @defaultValue `0`: any free port */
  readonly port?: number;
  /** @defaultValue `127.0.0.1`. The emulator has no access control: keep it on the loopback. */
  readonly host?: string;
  /** Wall-clock time in microseconds since the epoch. @defaultValue the system's clock */
  readonly clock?: WallClock;
  /**
   * Whether web apps can connect, and on which port (0 takes a free one): Firebase's web SDK in a
   * browser, which has no gRPC. @defaultValue they cannot
   */
  readonly web?: { readonly port: number };
  /** How changes reach registered functions. */
  readonly delivery?: DeliveryOptions;
}

/** A running emulator. */
export interface FirestoreEmulator extends AsyncDisposable {
  readonly port: number;
  /** `host:port`, the value for FIRESTORE_EMULATOR_HOST. */
  readonly host: string;
  /** `host:port` for `connectFirestoreEmulator` of the web SDK; undefined without `web`. */
  readonly webHost: string | undefined;
  /** Where functions are registered to receive document events. */
  readonly functions: Functions;
  /** Empties all databases, or those of one project, without events to functions. */
  clear(projectId?: string): void;
  /** Stops serving and delivering. Undelivered events are dropped. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts an empty Firestore. Rejects when the port cannot be bound. */
export async function startFirestoreEmulator(
  options: FirestoreEmulatorOptions = {},
): Promise<FirestoreEmulator> {
  const { port = 0, host = '127.0.0.1' } = options;
  const functions = createFunctions(options.delivery);
  const store = new Store((changes, database, cause) => {
    if (cause === 'commit') functions.dispatch(changes, database.name);
  }, options.clock);
  const server = await serve(store, host, port);
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const web =
    options.web && (await serveWeb(`${bracketed}:${server.port}`, host, options.web.port));
  const close = async () => {
    functions.stop();
    await web?.close();
    await server.close();
  };
  return {
    port: server.port,
    host: `${bracketed}:${server.port}`,
    webHost: web && `${bracketed}:${web.port}`,
    functions,
    clear: (projectId) => store.clear(projectId),
    close,
    [Symbol.asyncDispose]: close,
  };
}
