import { serve } from './http/serve.ts';
import { Projects } from './projects/projects.ts';

/** Everything about an emulator that can be chosen. */
export interface AuthEmulatorOptions {
  /** @defaultValue `0`: any free port */
  readonly port?: number;
  /** @defaultValue `127.0.0.1`. The emulator keeps no secret: keep it on the loopback. */
  readonly host?: string;
  /** Where requests go that name no project but bring an API key. @defaultValue the first named */
  readonly projectId?: string;
  /** Milliseconds since the epoch. @defaultValue the system's clock */
  readonly clock?: () => number;
}

/** A running emulator. */
export interface AuthEmulator extends AsyncDisposable {
  readonly port: number;
  /** `host:port`, the value for FIREBASE_AUTH_EMULATOR_HOST. */
  readonly host: string;
  /** Deletes the users of all projects, or of one. */
  clear(projectId?: string): void;
  /** Stops serving and cuts what is under way. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts a Firebase Auth without users. Rejects when the port cannot be bound. */
export async function startAuthEmulator(options: AuthEmulatorOptions = {}): Promise<AuthEmulator> {
  const { port = 0, host = '127.0.0.1', clock = Date.now } = options;
  const projects = new Projects(options.projectId);
  const server = await serve(projects, clock, host, port);
  const close = () => server.close();
  return {
    port: server.port,
    host: `${host.includes(':') ? `[${host}]` : host}:${server.port}`,
    clear: (projectId) => projects.clear(projectId),
    close,
    [Symbol.asyncDispose]: close,
  };
}
