import { z } from 'zod';
import { demand } from '../http/api-error.ts';
import { text } from '../http/fields.ts';
import { accountOfToken, sessionCookie } from '../tokens/id-token.ts';
import { sessionOf, startSession } from '../tokens/session.ts';
import { operation } from './operation.ts';

const MIN_COOKIE_SECONDS = 5 * 60;
const MAX_COOKIE_SECONDS = 14 * 24 * 3600;

/** A new ID token for a refresh token, as OAuth words it. */
export const grantToken = operation(
  z.object({ grantType: text, refreshToken: text }),
  ({ body, directory, now }) => {
    demand(body.grantType, 'MISSING_GRANT_TYPE');
    demand(body.grantType === 'refresh_token', 'INVALID_GRANT_TYPE');
    demand(body.refreshToken, 'MISSING_REFRESH_TOKEN');
    const { account, signIn } = sessionOf(directory, body.refreshToken);
    const { idToken, refreshToken, expiresIn } = startSession(directory, account, signIn, now);
    return {
      id_token: idToken,
      access_token: idToken,
      expires_in: expiresIn,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      user_id: account.localId,
      project_id: directory.projectId,
    };
  },
);

/** A cookie that stands for an ID token, for 5 minutes to 14 days. */
export const createSessionCookie = operation(
  z.object({ idToken: text, validDuration: text }),
  ({ body, directory, now }) => {
    demand(body.idToken, 'MISSING_ID_TOKEN');
    const lifetime = Number(body.validDuration ?? MAX_COOKIE_SECONDS);
    demand(lifetime >= MIN_COOKIE_SECONDS && lifetime <= MAX_COOKIE_SECONDS, 'INVALID_DURATION');
    const { payload } = accountOfToken(directory, body.idToken);
    return { sessionCookie: sessionCookie(payload, lifetime, now) };
  },
);
