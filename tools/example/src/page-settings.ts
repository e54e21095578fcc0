/** What the page asks of its server when it starts: `/settings.json?user=ID`. */
export interface PageSettings {
  readonly projectId: string;
  readonly userId: string;
  /** Signs the user in. */
  readonly token: string;
  readonly conversationId: string;
  /** `HOST:PORT` of each end. */
  readonly authHost: string;
  readonly firestoreHost: string;
  readonly functionsHost: string;
}
