import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnds, type Ends } from '@ayna/demo/embedded-ends';
import { startAuthEmulator } from '@ayna/emulator-auth';
import { fileFlagEditor, type FlagEditor } from '@ayna/flags/server';
import { startChild, type Child } from '@ayna/processes';
import { getAuth } from 'firebase-admin/auth';
import { getFirestore } from 'firebase-admin/firestore';
import { buildPage } from './build-page.ts';
import type { PageSettings } from './page-settings.ts';
import { servePage } from './serve-page.ts';

const PROJECT = 'demo-ayna';
const GATEWAY = new URL('./gateway-program.ts', import.meta.url).href;
const CONVERSATION = 'ada-and-bob';
/** What the page's user may be. */
const USERS = ['ada', 'bob'] as const;

/** The example, running. */
export interface Example {
  readonly url: string;
  readonly conversationId: string;
  /** Stays the same while the gateway is stopped and started. */
  readonly gatewayPort: number;
  readonly ends: Ends;
  /** The flags of the page and of the triggers, which read them again while they run. */
  readonly flags: FlagEditor;
  stopGateway(): Promise<void>;
  startGateway(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the embedded ends, the triggers, the writer, the gateway and the page. There are two users,
 * `ada` and `bob`, and a conversation of theirs.
 *
 * @param port where the page is; 0 takes a free one
 */
export async function startExample(port = 0): Promise<Example> {
  const folder = await mkdtemp(join(tmpdir(), 'ayna-example-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })];
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
  };
  try {
    const flagsFile = join(folder, 'flags.json');
    const auth = await startAuthEmulator({ projectId: PROJECT });
    closers.push(() => auth.close());
    Object.assign(process.env, {
      FIREBASE_AUTH_EMULATOR_HOST: auth.host,
      FLAGS_PROVIDER: 'file',
      FLAGS_FILE: flagsFile,
      GATEWAY_ENFORCE_APP_CHECK: 'false',
    });
    const ends = await startEnds({
      ...{ dataDirectory: undefined, duplicate: 1, shuffle: false, seed: 1 },
      web: true,
    });
    closers.push(() => ends.close());

    const serveGateway = (on: number) => startChild(GATEWAY, { args: [PROJECT, String(on)] });
    let gateway: Child | undefined = await serveGateway(0);
    const gatewayPort = Number(gateway.announcement);
    closers.push(async () => gateway?.stop());

    await sampleUsers();
    const page = join(folder, 'page');
    await buildPage(page);
    const server = await servePage(
      page,
      {
        '/flags.json': () => readFile(flagsFile, 'utf8').catch(() => '{}'),
        '/settings.json': async (query) => {
          const userId = USERS.find((user) => user === query.get('user')) ?? USERS[0];
          const settings: PageSettings = {
            projectId: PROJECT,
            userId,
            token: await getAuth().createCustomToken(userId),
            conversationId: CONVERSATION,
            authHost: auth.host,
            firestoreHost: ends.firestore.webHost ?? '',
            functionsHost: `127.0.0.1:${gatewayPort}`,
          };
          return JSON.stringify(settings);
        },
      },
      port,
    );
    closers.push(() => server.close());

    return {
      url: server.url,
      conversationId: CONVERSATION,
      gatewayPort,
      ends,
      flags: fileFlagEditor(flagsFile),
      stopGateway: async () => {
        await gateway?.stop();
        gateway = undefined;
      },
      startGateway: async () => {
        gateway ??= await serveGateway(gatewayPort);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function sampleUsers(): Promise<void> {
  for (const uid of USERS) await getAuth().createUser({ uid });
  await getFirestore()
    .doc(`conversations/${CONVERSATION}`)
    .set({ ownerId: USERS[0], peerIds: [USERS[1]], updatedAt: new Date() });
}
