export { connectClient, type ConnectOptions, type TestClient } from './connect-client.ts';
export { idTokenOf } from './id-tokens.ts';
export { inOrder, onceEach } from './order.ts';
