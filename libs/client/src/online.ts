/** Calls back each time the browser is online again; elsewhere, the app says so itself. */
export function onceOnline(callback: () => void): () => void {
  if (typeof addEventListener !== 'function') return () => undefined;
  addEventListener('online', callback);
  return () => removeEventListener('online', callback);
}
