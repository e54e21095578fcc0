import type { ServiceBusAdministrationClient } from '@azure/service-bus';

interface PipelineRequest {
  url: string;
  allowInsecureConnection?: boolean;
}
type SendRequest = (request: PipelineRequest) => Promise<unknown>;

/** The HTTP pipeline that the client inherits from `@azure/core-client`'s `ServiceClient`. */
interface HasPipeline {
  readonly pipeline: {
    addPolicy(policy: {
      readonly name: string;
      sendRequest(request: PipelineRequest, next: SendRequest): Promise<unknown>;
    }): void;
  };
}

/**
 * Makes an administration client talk plain HTTP to an emulator: version 7.9.5 always uses
 * `https://` and ignores the emulator flag of the connection string.
 */
export function allowPlainHttp(
  client: ServiceBusAdministrationClient,
  host: string,
  port: number,
): void {
  (client as unknown as HasPipeline).pipeline.addPolicy({
    name: 'plainHttpToEmulator',
    sendRequest(request, next) {
      const url = new URL(request.url);
      request.url = `http://${host}:${port}${url.pathname}${url.search}`;
      request.allowInsecureConnection = true;
      return next(request);
    },
  });
}
