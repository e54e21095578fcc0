/** Who calls: a user whose ID token was checked. */
export interface Caller {
  readonly userId: string;
}
