import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerEntra, answerManagedIdentity, type AzureIdentity } from './azure.ts';
import { refused, type IdentityAnswer, type IdentityRequest } from './answers.ts';
import { certificateFor } from './certificate.ts';
import {
  answerImpersonation,
  answerMetadata,
  answerTokenService,
  GOOGLE_APIS,
  GOOGLE_ISSUER,
  type PoolProvider,
  type ServiceAccount,
} from './google.ts';
import { refuseGrpc, relayGrpc } from './relay-grpc.ts';
import { createTokens } from './tokens.ts';

export interface IdentityEmulatorOptions {
  /** `HOST:PORT` of a Firestore without encryption, which answers as firestore.googleapis.com. */
  readonly firestore?: string;
}

/** The endpoints, by what they are. */
type Endpoint = 'managed-identity' | 'entra' | 'metadata' | 'sts' | 'impersonation' | 'firestore';

/** A running emulator. */
export interface IdentityEmulator extends AsyncDisposable {
  readonly identity: AzureIdentity;
  readonly account: ServiceAccount;
  readonly provider: PoolProvider;
  /** What a container of Azure finds in its environment, beside `network`. */
  readonly inAzure: Readonly<Record<string, string>>;
  /** What makes a program take this for Google's metadata server, beside `network`. */
  readonly inGoogle: Readonly<Record<string, string>>;
  /** What leads a process that is started with it to this emulator in place of the clouds. */
  readonly network: Readonly<Record<string, string>>;
  /** To trust, as PEM. */
  readonly certificate: string;
  /** How long tokens are good from now on, in seconds. */
  lifetimeSeconds: number;
  /** Every request to an endpoint, in order. */
  requests(endpoint: Endpoint): readonly IdentityRequest[];
  /** From now on the endpoint answers so; with undefined as it should. */
  answerWith(endpoint: Endpoint, answer: IdentityAnswer | undefined): void;
  /** Every token there has been. */
  tokens(): readonly string[];
}

const CLOUD_HOSTS: Readonly<Record<string, Endpoint>> = {
  'login.microsoftonline.com': 'entra',
  'sts.googleapis.com': 'sts',
  'iamcredentials.googleapis.com': 'impersonation',
  'firestore.googleapis.com': 'firestore',
};
const MANAGED_IDENTITY_PATH = '/msi/token';
const DEFAULT_LIFETIME_SECONDS = 3_600;

type Request = IncomingMessage | Http2ServerRequest;
/** What is used of an answer, whichever version of HTTP it is in. */
interface Response {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(body: string): unknown;
}

/**
 * Starts, on free ports of this machine, everything by which the identities of Azure and Google are
 * known to each other. What the clouds serve over TLS is reached as a client behind a proxy reaches
 * it, by its own name: the emulator is the proxy, and the cloud behind it.
 */
export async function startIdentityEmulator({
  firestore,
}: IdentityEmulatorOptions = {}): Promise<IdentityEmulator> {
  const tenantId = randomUUID();
  const identity = { tenantId, clientId: randomUUID(), principalId: randomUUID() };
  const account = {
    email: 'ayna@project.iam.gserviceaccount.com',
    uniqueId: '103547991597142817347',
  };
  const provider = {
    audience:
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/azure/providers/entra',
    issuer: `https://sts.windows.net/${tenantId}/`,
    tokenAudience: `api://${randomUUID()}`,
  };
  const header = randomUUID();
  const tokens = createTokens();
  const requests = new Map<Endpoint, IdentityRequest[]>();
  const answers = new Map<Endpoint, IdentityAnswer>();
  const relay = firestore === undefined ? undefined : relayGrpc(firestore);
  let lifetimeSeconds = DEFAULT_LIFETIME_SECONDS;

  const note = (endpoint: Endpoint, request: IdentityRequest): IdentityAnswer | undefined => {
    requests.set(endpoint, [...(requests.get(endpoint) ?? []), request]);
    return answers.get(endpoint);
  };
  const answerOf = (endpoint: Endpoint, request: IdentityRequest): IdentityAnswer | undefined => {
    const given = { account, tokens, lifetimeSeconds };
    switch (endpoint) {
      case 'managed-identity':
        return answerManagedIdentity(request, identity, { ...given, header });
      case 'entra':
        return answerEntra(request, identity, {
          ...given,
          trusted: { issuer: GOOGLE_ISSUER, subject: account.uniqueId },
        });
      case 'metadata':
        return answerMetadata(request, given);
      case 'sts':
        return answerTokenService(request, provider, given);
      case 'impersonation':
        return answerImpersonation(request, given);
      case 'firestore':
        return undefined;
    }
  };
  const serve = async (
    endpointOf: (host: string, path: string) => Endpoint | undefined,
    incoming: Request,
    response: Response,
  ) => {
    const request = await read(incoming);
    const endpoint = endpointOf(request.host, request.path);
    const answer = endpoint && (note(endpoint, request) ?? answerOf(endpoint, request));
    const { status, headers, body } = answer ?? refused(404, 'not found');
    const isText = typeof body === 'string';
    const type = isText ? 'text/plain' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };

  const { key, cert } = await certificateFor(Object.keys(CLOUD_HOSTS));
  const clouds = createSecureServer({ key, cert, allowHTTP1: true });
  clouds.on('request', (request, response) => {
    if (request.httpVersionMajor >= 2) serveFirestore(request, response);
    else void serve((host) => CLOUD_HOSTS[host], request, response);
  });
  const serveFirestore = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    const { authority: host, url: path, headers } = request;
    note('firestore', { host, path, query: new URLSearchParams(), headers, fields: {} });
    const token = headers.authorization?.replace(/^Bearer /, '');
    if (relay && tokens.read(token)?.aud === GOOGLE_APIS) relay.pass(request, response);
    else refuseGrpc(response);
  };

  // The metadata server, the endpoint of the container, and the proxy, which all speak plain HTTP.
  const machine = createServer((request, response) => {
    const endpointOf = (_host: string, path: string) =>
      path === MANAGED_IDENTITY_PATH ? 'managed-identity' : 'metadata';
    void serve(endpointOf, request, response);
  });
  const sockets = new Set<Socket>();
  machine.on('connection', (socket) => sockets.add(socket));
  clouds.on('connection', (socket: Socket) => sockets.add(socket));
  const cloudsPort = await listen(clouds);
  machine.on('connect', ({ url = '' }: IncomingMessage, client: Socket) => {
    const [host = ''] = url.split(':');
    if (!(host in CLOUD_HOSTS)) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(cloudsPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  const port = await listen(machine);
  const folder = await mkdtemp(join(tmpdir(), 'ayna-identity-'));
  const certificatePath = join(folder, 'certificate.pem');
  await writeFile(certificatePath, cert);
  const proxy = `http://127.0.0.1:${port}`;

  return {
    identity,
    account,
    provider,
    inAzure: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${port}${MANAGED_IDENTITY_PATH}`,
      IDENTITY_HEADER: header,
      AZURE_CLIENT_ID: identity.clientId,
    },
    inGoogle: { GCE_METADATA_HOST: `127.0.0.1:${port}` },
    network: {
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      NODE_EXTRA_CA_CERTS: certificatePath,
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: certificatePath,
    },
    certificate: cert,
    get lifetimeSeconds() {
      return lifetimeSeconds;
    },
    set lifetimeSeconds(seconds) {
      lifetimeSeconds = seconds;
    },
    requests: (endpoint) => requests.get(endpoint) ?? [],
    answerWith(endpoint, answer) {
      if (answer) answers.set(endpoint, answer);
      else answers.delete(endpoint);
    },
    tokens: () => tokens.all(),
    async [Symbol.asyncDispose]() {
      relay?.close();
      for (const server of [machine, clouds]) server.close();
      for (const socket of sockets) socket.destroy();
      await rm(folder, { recursive: true });
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function read(request: Request): Promise<IdentityRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://machine');
  const type = request.headers['content-type'] ?? '';
  const fields = type.startsWith('application/json')
    ? (JSON.parse(text) as Record<string, string>)
    : Object.fromEntries(new URLSearchParams(text));
  return {
    host: request.headers.host?.replace(/:\d+$/, '') ?? '',
    path: pathname,
    query: searchParams,
    headers: request.headers,
    fields,
  };
}
