import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { spansOf, type CollectedSpan, type WireTraces } from './otlp-spans.ts';

/** A piece of telemetry as Azure Monitor's ingestion takes it. */
export interface AzureEnvelope {
  readonly name: string;
  readonly iKey: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: {
    readonly baseType: string;
    readonly baseData: Readonly<Record<string, unknown>>;
  };
}

/** A running emulator. */
export interface TelemetryEmulator extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`; with TLS, also the `IngestionEndpoint` of a connection string. */
  readonly url: string;
  /** With TLS: the certificate to trust, as PEM. */
  readonly certificate: string | undefined;
  /** Every span that came in JSON, in the order of arrival. */
  spans(): readonly CollectedSpan[];
  /** The names of the metrics that came by OTLP in JSON. */
  metricNames(): ReadonlySet<string>;
  azure(): readonly AzureEnvelope[];
  /** Content types of what came by OTLP, by path. */
  contentTypes(path: '/v1/traces' | '/v1/metrics'): ReadonlySet<string>;
}

export interface TelemetryEmulatorOptions {
  /** Whether to serve HTTPS, which Azure's exporter insists on. @defaultValue false */
  readonly tls?: boolean;
}

interface WireMetrics {
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics?: readonly { readonly metrics?: readonly { readonly name: string }[] }[];
  }[];
}

/**
 * Starts an endpoint for telemetry on a free port: OTLP/HTTP (`/v1/traces`, `/v1/metrics`; protobuf is
 * answered, JSON is also read) and the ingestion of Azure Monitor (`/v2.1/track`).
 */
export async function startTelemetryEmulator({
  tls = false,
}: TelemetryEmulatorOptions = {}): Promise<TelemetryEmulator> {
  const spans: CollectedSpan[] = [];
  const metricNames = new Set<string>();
  const envelopes: AzureEnvelope[] = [];
  const contentTypes = new Map<string, Set<string>>();

  const take = (path: string, type: string, body: Buffer): unknown => {
    if (path === '/v2.1/track') {
      const received = envelopesIn(body.toString());
      envelopes.push(...received);
      return { itemsReceived: received.length, itemsAccepted: received.length, errors: [] };
    }
    contentTypes.set(path, (contentTypes.get(path) ?? new Set()).add(type));
    if (type !== 'application/json') return undefined;
    const parsed: unknown = JSON.parse(body.toString());
    if (path === '/v1/traces') spans.push(...spansOf(parsed as WireTraces));
    if (path === '/v1/metrics') {
      for (const { scopeMetrics = [] } of (parsed as WireMetrics).resourceMetrics ?? []) {
        for (const { metrics = [] } of scopeMetrics) {
          for (const { name } of metrics) metricNames.add(name);
        }
      }
    }
    return {};
  };
  const listener: RequestListener = (request, response) => {
    void bodyOf(request).then((body) => {
      const type = request.headers['content-type'] ?? '';
      const answer = take(request.url ?? '', type, body);
      response.writeHead(200, { 'content-type': type });
      // An empty message in protobuf has no bytes.
      response.end(answer === undefined ? undefined : JSON.stringify(answer));
    });
  };
  const identity = tls ? await selfSigned() : undefined;
  const server = identity ? createTlsServer(identity, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    certificate: identity?.cert,
    spans: () => spans,
    metricNames: () => metricNames,
    azure: () => envelopes,
    contentTypes: (path) => contentTypes.get(path) ?? new Set(),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A certificate for this machine, which is its own authority. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  return { key, cert };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** A JSON array, or one object a line. */
function envelopesIn(text: string): AzureEnvelope[] {
  const trimmed = text.trim();
  return trimmed.startsWith('[')
    ? (JSON.parse(trimmed) as AzureEnvelope[])
    : trimmed.split('\n').map((line) => JSON.parse(line) as AzureEnvelope);
}
