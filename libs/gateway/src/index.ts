export type { Caller } from './caller.ts';
export { openCallLimiter, type CallLimit, type CallLimiter } from './call-limiter.ts';
export { createGateway, type Gateway } from './create-gateway.ts';
export { GatewayError } from './gateway-error.ts';
export type { GatewayPorts } from './gateway-ports.ts';
