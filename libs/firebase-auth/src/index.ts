export { openAuthUsers, type AuthUser, type AuthUsers } from './auth-users.ts';
