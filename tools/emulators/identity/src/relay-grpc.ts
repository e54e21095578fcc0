import {
  connect,
  constants,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
} from 'node:http2';

const { HTTP2_HEADER_AUTHORITY, HTTP2_HEADER_SCHEME, NGHTTP2_CANCEL } = constants;
/** https://grpc.io/docs/guides/status-codes/ */
const UNAUTHENTICATED = '16';

/** Passes calls on to a server that speaks gRPC without encryption. */
export interface GrpcRelay {
  /** Passes a call on, without its token. */
  pass(request: Http2ServerRequest, response: Http2ServerResponse): void;
  close(): void;
}

/** @param host `HOST:PORT` */
export function relayGrpc(host: string): GrpcRelay {
  const session = connect(`http://${host}`);
  // A server that has gone ends the streams, and they tell.
  session.on('error', () => undefined);
  return {
    pass(request, response) {
      const call = session.request({
        ...request.headers,
        authorization: undefined,
        [HTTP2_HEADER_AUTHORITY]: host,
        [HTTP2_HEADER_SCHEME]: 'http',
      });
      call.on('response', (received) => {
        response.writeHead(received[':status'] ?? 200, fieldsOf(received));
        call.pipe(response);
      });
      call.on('trailers', (received: IncomingHttpHeaders) =>
        response.addTrailers(fieldsOf(received)),
      );
      call.on('error', () => response.stream.close(NGHTTP2_CANCEL));
      request.on('aborted', () => call.close(NGHTTP2_CANCEL));
      request.on('error', () => call.close(NGHTTP2_CANCEL));
      request.pipe(call);
    },
    close: () => session.destroy(),
  };
}

/** Answers a call as Google does where the token is missing or wrong. */
export function refuseGrpc(response: Http2ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'application/grpc',
    'grpc-status': UNAUTHENTICATED,
    'grpc-message': 'Request had invalid authentication credentials.',
  });
  response.end();
}

/** Headers without those of HTTP/2 itself. */
function fieldsOf(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const fields = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  return Object.fromEntries(fields) as Record<string, string | string[]>;
}
