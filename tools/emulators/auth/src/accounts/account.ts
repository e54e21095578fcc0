/** An identity at another provider (`google.com`, `facebook.com`) that leads to the account. */
export interface ProviderIdentity {
  readonly providerId: string;
  /** The id of the user there. */
  readonly rawId: string;
  readonly federatedId?: string | undefined;
  readonly email?: string | undefined;
  readonly displayName?: string | undefined;
  readonly photoUrl?: string | undefined;
  readonly phoneNumber?: string | undefined;
  readonly screenName?: string | undefined;
}

/** A phone that is asked for as second factor. */
export interface Enrollment {
  readonly mfaEnrollmentId: string;
  readonly phoneInfo: string;
  readonly displayName?: string | undefined;
  /** RFC 3339. */
  readonly enrolledAt?: string | undefined;
}

/** What the password is checked against. */
export interface Password {
  readonly hash: string;
  readonly salt?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
  /** How an imported hash was made; undefined for one made here. */
  readonly imported?: ((password: string) => boolean) | undefined;
}

/** A user. Accounts are never changed: an update puts a new one in its place. */
export interface Account {
  readonly localId: string;
  readonly email?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  /** The address before the first change, to which the way back is sent. */
  readonly initialEmail?: string | undefined;
  /** Whether a link in a mail has signed the user in. */
  readonly emailLinkSignin?: boolean | undefined;
  readonly phoneNumber?: string | undefined;
  readonly displayName?: string | undefined;
  readonly photoUrl?: string | undefined;
  readonly password?: Password | undefined;
  readonly identities?: readonly ProviderIdentity[] | undefined;
  readonly enrollments?: readonly Enrollment[] | undefined;
  readonly disabled?: boolean | undefined;
  /** Whether it came by a custom token. */
  readonly customAuth?: boolean | undefined;
  /** Claims of the developer, as the JSON they were sent in. */
  readonly customAttributes?: string | undefined;
  /** Tokens issued before this are revoked; seconds since the epoch. */
  readonly validSince?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly lastLoginAt?: string | undefined;
  /** RFC 3339. */
  readonly lastRefreshAt?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** Every way into the account: other providers first, then password and phone. */
export function providersOf(account: Account): ProviderIdentity[] {
  const { email, phoneNumber, displayName, photoUrl } = account;
  const providers = [...(account.identities ?? [])];
  if (email !== undefined && (account.password || account.emailLinkSignin)) {
    const providerId = 'password';
    providers.push({ providerId, rawId: email, federatedId: email, email, displayName, photoUrl });
  }
  if (phoneNumber !== undefined) {
    providers.push({ providerId: 'phone', rawId: phoneNumber, phoneNumber });
  }
  return providers;
}

/** The account as the service sends it; `undefined` members fall away in JSON. */
export function accountResource(account: Account): object {
  const { password, enrollments, ...fields } = account;
  const providers = providersOf(account);
  return {
    ...fields,
    identities: undefined,
    passwordHash: password?.hash,
    salt: password?.salt,
    passwordUpdatedAt: password?.updatedAt,
    providerUserInfo: providers.length > 0 ? providers : undefined,
    mfaInfo: enrollments?.map((enrollment) => ({
      ...enrollment,
      unobfuscatedPhoneInfo: enrollment.phoneInfo,
    })),
  };
}
