import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface Template {
  parameters?: Record<string, { defaultValue?: { value?: string } }>;
  parameterGroups?: Record<string, { parameters: Template['parameters'] }>;
}

/** A Remote Config of one project, behind the addresses that Firebase's SDKs ask. */
export interface RemoteConfigServer {
  readonly url: string;
  /** The template of apps. */
  template: Template;
  /** The template of servers. */
  serverTemplate: Template;
  /** Somebody else publishes: called before each write, once for each it is set to. */
  beforeWrite: (() => void)[];
  close(): Promise<void>;
}

/** Serves templates with ETags, as the REST API does, and what apps fetch. */
export async function startRemoteConfigServer(): Promise<RemoteConfigServer> {
  const http = createServer();
  const etagOf = (template: Template) =>
    `etag-${Buffer.from(JSON.stringify(template)).toString('base64url')}`;
  const remote: RemoteConfigServer = {
    url: '',
    template: {},
    serverTemplate: {},
    beforeWrite: [],
    close: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  http.on('request', (request, response) => {
    void (async () => {
      const body = await readBody(request);
      const path = request.url ?? '';
      const answer = (status: number, json: unknown, etag = 'etag') => {
        response.writeHead(status, { 'content-type': 'application/json', etag });
        response.end(JSON.stringify(json));
      };
      if (request.method === 'PUT') {
        remote.beforeWrite.shift()?.();
        if (request.headers['if-match'] !== etagOf(remote.template)) {
          const error = { code: 412, status: 'FAILED_PRECONDITION', message: 'ETag mismatch' };
          answer(412, { error });
          return;
        }
        remote.template = JSON.parse(body) as Template;
        answer(200, remote.template, etagOf(remote.template));
      } else if (path.includes('serverRemoteConfig')) {
        answer(200, remote.serverTemplate, etagOf(remote.serverTemplate));
      } else if (path.includes(':fetch')) {
        const entries = Object.fromEntries(
          Object.entries(remote.template.parameters ?? {}).map(([key, parameter]) => [
            key,
            parameter.defaultValue?.value,
          ]),
        );
        answer(200, { entries, state: 'UPDATE' }, etagOf(remote.template));
      } else {
        answer(200, remote.template, etagOf(remote.template));
      }
    })();
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return Object.assign(remote, { url: `http://127.0.0.1:${port}` });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
