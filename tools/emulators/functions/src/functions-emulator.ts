import express, { type Request, type Response } from 'express';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A function of `firebase-functions/v2/https`: it answers a request as Express has it. */
export type HttpsFunction = (request: never, response: never) => unknown;

export interface FunctionsEmulatorOptions {
  readonly projectId: string;
  /** By the names under which they answer. */
  readonly functions: Readonly<Record<string, HttpsFunction>>;
  /** @defaultValue `us-central1` */
  readonly region?: string;
  /** @defaultValue `0`: any free port */
  readonly port?: number;
  /** @defaultValue `127.0.0.1` */
  readonly host?: string;
}

/** Running functions. */
export interface FunctionsEmulator extends AsyncDisposable {
  readonly port: number;
  /** `http://HOST:PORT/PROJECT/REGION`; a function answers at its name below. */
  readonly url: string;
  /** Stops serving and cuts what is under way. Safe to call twice. */
  close(): Promise<void>;
}

/** The largest body that functions in the cloud take. */
const MAX_BODY = '32mb';

/** Starts serving functions. Rejects when the port cannot be bound. */
export async function startFunctionsEmulator({
  projectId,
  functions,
  region = 'us-central1',
  port = 0,
  host = '127.0.0.1',
}: FunctionsEmulatorOptions): Promise<FunctionsEmulator> {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: MAX_BODY, verify: keepRawBody }));
  for (const [name, answer] of Object.entries(functions)) {
    app.all(`/${projectId}/${region}/${name}`, async (request: Request, response: Response) => {
      await answer(request as never, response as never);
    });
  }
  const server = createServer(app);
  await listen(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }));
  return {
    port: bound,
    url: `http://${host}:${bound}/${projectId}/${region}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Functions find the body as it came beside the parsed one. */
function keepRawBody(request: object, _response: unknown, body: Buffer): void {
  Object.assign(request, { rawBody: body });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
