import { providersOf, type Account } from './account.ts';

/** The users of a project or of one tenant, by everything they can be found by. */
export class Accounts {
  readonly #byId = new Map<string, Account>();
  readonly #byEmail = new Map<string, string>();
  readonly #byInitialEmail = new Map<string, string>();
  readonly #byPhone = new Map<string, string>();
  readonly #byIdentity = new Map<string, string>();
  /** The ids in order; undefined until a page is asked for and after each change of the set. */
  #order: string[] | undefined;

  get size(): number {
    return this.#byId.size;
  }

  get(localId: string): Account | undefined {
    return this.#byId.get(localId);
  }

  withEmail(email: string): Account | undefined {
    return this.#find(this.#byEmail.get(email.toLowerCase()));
  }

  /** Whoever had this address first and has another one now. */
  withInitialEmail(email: string): Account | undefined {
    return this.#find(this.#byInitialEmail.get(email));
  }

  withPhone(phoneNumber: string): Account | undefined {
    return this.#find(this.#byPhone.get(phoneNumber));
  }

  withIdentity(providerId: string, rawId: string): Account | undefined {
    return this.#find(this.#byIdentity.get(identityKey(providerId, rawId)));
  }

  /** Adds the account, or puts it in the place of the one with its id. */
  put(account: Account): Account {
    const { localId, email, initialEmail, phoneNumber } = account;
    const before = this.#byId.get(localId);
    if (before) this.#forget(before);
    else this.#order = undefined;
    this.#byId.set(localId, account);
    if (email !== undefined) this.#byEmail.set(email, localId);
    if (initialEmail !== undefined) this.#byInitialEmail.set(initialEmail, localId);
    if (phoneNumber !== undefined) this.#byPhone.set(phoneNumber, localId);
    for (const { providerId, rawId } of providersOf(account)) {
      this.#byIdentity.set(identityKey(providerId, rawId), localId);
    }
    return account;
  }

  delete(localId: string): void {
    const account = this.#byId.get(localId);
    if (!account) return;
    this.#forget(account);
    this.#byId.delete(localId);
    this.#order = undefined;
  }

  clear(): void {
    this.#byId.clear();
    this.#byEmail.clear();
    this.#byInitialEmail.clear();
    this.#byPhone.clear();
    this.#byIdentity.clear();
    this.#order = undefined;
  }

  /** Accounts behind an id, in the order of their ids. */
  page(after: string | undefined, limit: number): Account[] {
    const order = (this.#order ??= [...this.#byId.keys()].sort());
    const start = after === undefined ? 0 : firstBehind(order, after);
    return order.slice(start, start + limit).flatMap((localId) => this.#byId.get(localId) ?? []);
  }

  #find(localId: string | undefined): Account | undefined {
    return localId === undefined ? undefined : this.#byId.get(localId);
  }

  #forget(account: Account): void {
    if (account.email !== undefined) this.#byEmail.delete(account.email);
    if (account.initialEmail !== undefined) this.#byInitialEmail.delete(account.initialEmail);
    if (account.phoneNumber !== undefined) this.#byPhone.delete(account.phoneNumber);
    for (const { providerId, rawId } of providersOf(account)) {
      this.#byIdentity.delete(identityKey(providerId, rawId));
    }
  }
}

function identityKey(providerId: string, rawId: string): string {
  return `${providerId}\0${rawId}`;
}

/** Where the first id behind `after` stands in a sorted list. */
function firstBehind(order: readonly string[], after: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle] ?? '') > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
