export { callablePort, DEFAULT_CALL_TIMEOUT_MS } from './callable-port.ts';
export { firestorePort } from './firestore-port.ts';
