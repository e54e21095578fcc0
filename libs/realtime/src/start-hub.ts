import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAX_CHANNELS } from '@ayna/contract/realtime';
import type { Entity } from '@ayna/contract';
import type { TokenVerifier } from '@ayna/firebase-auth';
import type { Logger } from '@ayna/platform';
import type { ConnectionTarget } from '@ayna/service-bus';
import { listenTo, type Database } from '@ayna/sql-gateway';
import { Connections } from './clients/connections.ts';
import { conversationAccess } from './clients/conversation-access.ts';
import { DEFAULT_LIMITS, type HubLimits } from './hub-limits.ts';
import { HubMeasurements, type HubCounts } from './hub-measurements.ts';
import { startIntake } from './intake/start-intake.ts';
import { openRealtimeLog } from './log/open-realtime-log.ts';
import { startPurge } from './log/start-purge.ts';
import { startSequencer } from './log/sequencer.ts';
import type { MembershipSource } from './membership/membership-source.ts';
import { httpRoutes } from './server/http-routes.ts';
import { serveSockets } from './server/socket-server.ts';
import { startTail } from './tail/start-tail.ts';
import type { WebPubSub } from './web-pubsub/web-pubsub.ts';

export interface HubOptions extends ConnectionTarget {
  readonly entities: readonly Entity[];
  /** Where the log is; `migrateRealtimeLog` was called. */
  readonly database: Database;
  /** The same place, for the one connection that listens for what other hubs sequenced. */
  readonly databaseUrl: string;
  /** Asked in turn about conversations that the log has not seen. */
  readonly memberships: readonly MembershipSource[];
  readonly verifier: Pick<TokenVerifier, 'verify'>;
  readonly logger: Logger;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Pages of other origins are refused. @defaultValue all are let in */
  readonly allowedOrigins?: readonly string[];
  /** When given, clients are sent there, and changes go out through it. */
  readonly webPubSub?: WebPubSub;
  readonly limits?: Partial<HubLimits>;
}

export interface HubStatus {
  readonly state: 'connecting' | 'running' | 'waiting' | 'stopping';
  /** Why nothing passes; absent while nothing is in the way. */
  readonly waiting?: { readonly code: string; readonly detail: string };
  readonly connections: number;
  readonly users: number;
  /** The last change that was pushed. */
  readonly position: number;
  readonly inHand: number;
  readonly counts: HubCounts;
}

/** One hub; any number of them share a subscription and a log. */
export interface Hub {
  /** Where clients connect. */
  readonly port: number;
  /** As of `Processor`: rejects when the broker refuses the subscription. */
  readonly connected: Promise<unknown>;
  status(): HubStatus;
  /** Sends clients elsewhere, finishes what is in hand and lets everything go. Never rejects. */
  stop(): Promise<void>;
}

const REALTIME_PATH = '/realtime';
const DRAIN_MS = 8_000;

/**
 * Starts a hub: subscription -> log -> the clients that are connected here.
 *
 * @throws AynaError when the log cannot be read, `ConfigInvalid` when `connect` says so; the error
 * of `listen` when the port cannot be had
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { logger, verifier, memberships, allowedOrigins, webPubSub } = options;
  const limits: HubLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const log = openRealtimeLog(options.database);
  const from = await log.state();
  const measurements = new HubMeasurements();
  const connections = new Connections(from, measurements);
  measurements.watch(connections);
  let stopping = false;

  const server = createServer(
    httpRoutes({
      log,
      verifier,
      allowedOrigins,
      logger,
      ready: () => !stopping && intake.attached && !intake.waiting,
      maxFrameBytes: limits.maxFrameBytes,
      negotiate: (token, request) =>
        webPubSub
          ? webPubSub.negotiate(token)
          : Promise.resolve({
              transport: 'websocket',
              url: urlOf(request.headers),
              expiresAt: null,
            }),
    }),
  );
  const sockets = serveSockets({
    ...limits,
    server,
    path: REALTIME_PATH,
    connections,
    log,
    verifier,
    logger,
    allowedOrigins,
    mayListen: conversationAccess(log, memberships),
    maxChannels: MAX_CHANNELS,
    closed: (reason) => {
      measurements.closed(reason);
    },
  });
  const port = await listen(server, options.host, options.port);

  const tail = startTail({ log, fanOut: connections, logger, from });
  const forwarding = webPubSub?.forward({ log, logger });
  const wake = () => {
    tail.wake();
    forwarding?.wake();
  };
  const listening = listenTo({ url: options.databaseUrl, channel: 'realtime_log', wake });
  const sequencer = startSequencer({
    log,
    windowMs: limits.reorderWindowMs,
    unknownMs: limits.unknownMs,
    memberships,
    logger,
    sequenced: wake,
    onDropped: (reason, count) => {
      measurements.dropped(reason, count);
    },
  });
  const purge = startPurge({ log, logger, ...limits });
  const intake = startIntake({
    connect: options.connect,
    topic: options.topic,
    subscription: options.subscription,
    entities: options.entities,
    log,
    memberships,
    logger,
    maxChangeBytes: limits.maxChangeBytes,
    gapMs: limits.gapMs,
    kept: () => {
      sequencer.poke();
    },
    count: (outcome, count) => {
      measurements.taken(outcome, count);
    },
  });

  const state = (): HubStatus['state'] => {
    if (stopping) return 'stopping';
    if (intake.waiting) return 'waiting';
    return intake.attached ? 'running' : 'connecting';
  };
  return {
    port,
    connected: intake.connected,
    status: () => ({
      state: state(),
      ...(intake.waiting
        ? { waiting: { code: intake.waiting.code, detail: intake.waiting.message } }
        : {}),
      connections: connections.size,
      users: connections.users,
      position: connections.position,
      inHand: intake.inHand,
      counts: measurements.counts(),
    }),
    async stop() {
      stopping = true;
      server.close();
      await Promise.all([sockets.drain(DRAIN_MS), intake.stop()]);
      await Promise.all([sequencer.close(), tail.close(), forwarding?.close(), purge.close()]);
      await listening.close();
      server.closeAllConnections();
      measurements.close();
    },
  };
}

/** Where a client that has reached the hub by HTTP reaches it by WebSocket. */
function urlOf(headers: NodeJS.Dict<string | string[]>): string {
  const secure = headers['x-forwarded-proto'] === 'https';
  return `${secure ? 'wss' : 'ws'}://${String(headers.host ?? 'localhost')}${REALTIME_PATH}`;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
