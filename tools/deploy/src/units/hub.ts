import { containerUnit } from '../containers/container-unit.ts';

/** Subscription realtime -> connected clients. */
export const hub = containerUnit('hub');
