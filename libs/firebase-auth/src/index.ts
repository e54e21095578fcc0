export { openAuthUsers, type AuthUser, type AuthUsers } from './auth-users.ts';
export {
  openTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
  type VerifiedToken,
} from './token-verifier.ts';
