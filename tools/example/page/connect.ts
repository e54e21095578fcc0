import { indexedDbStorage, createMirrorClient, type MirrorClient } from '@ayna/client';
import type { IssueListener, PhaseLimits, ReadIntervals } from '@ayna/client';
import { callablePort, firestorePort } from '@ayna/client/firebase';
import { openFeatureFlags, servedFlags, webFlagProvider } from '@ayna/flags/web';
import type { OpenFeatureClientFlags } from '@ayna/flags/web';
import { OpenFeature } from '@openfeature/web-sdk';
import { initializeApp } from 'firebase/app';
import { connectAuthEmulator, initializeAuth, signInWithCustomToken } from 'firebase/auth';
import { connectFirestoreEmulator, getFirestore } from 'firebase/firestore';
import { connectFunctionsEmulator, getFunctions } from 'firebase/functions';
import type { PageSettings } from '../src/page-settings.ts';

/** Everything the page works with. */
export interface Connected {
  readonly settings: PageSettings;
  readonly flags: OpenFeatureClientFlags;
  readonly client: MirrorClient;
}

const FLAGS_INTERVAL_MS = 500;

/** Signs the user of the address in and connects to the ends that the server names. */
export async function connect(onIssue: IssueListener): Promise<Connected> {
  const address = new URLSearchParams(location.search);
  const settings = await fetchSettings(address.get('user') ?? 'ada');
  const app = initializeApp({ projectId: settings.projectId, apiKey: 'of-an-emulator' });

  const auth = initializeAuth(app);
  connectAuthEmulator(auth, `http://${settings.authHost}`, { disableWarnings: true });
  await signInWithCustomToken(auth, settings.token);

  const firestore = getFirestore(app);
  connectFirestoreEmulator(firestore, ...hostAndPort(settings.firestoreHost));
  const functions = getFunctions(app);
  connectFunctionsEmulator(functions, ...hostAndPort(settings.functionsHost));

  await OpenFeature.setContext({ targetingKey: settings.userId });
  await OpenFeature.setProviderAndWait(
    webFlagProvider(servedFlags('/flags.json', FLAGS_INTERVAL_MS)),
  );
  const flags = openFeatureFlags(OpenFeature.getClient());

  const client = createMirrorClient({
    userId: settings.userId,
    firestore: firestorePort(firestore),
    gateway: callablePort(functions),
    storage: indexedDbStorage(),
    locks: navigator.locks,
    flags,
    onIssue,
    readIntervals: fromAddress<ReadIntervals>(address, 'intervals'),
    phaseLimits: fromAddress<PhaseLimits>(address, 'limits'),
  });
  return { settings, flags, client };
}

async function fetchSettings(userId: string): Promise<PageSettings> {
  const response = await fetch(`/settings.json?user=${encodeURIComponent(userId)}`);
  return (await response.json()) as PageSettings;
}

function hostAndPort(host: string): [string, number] {
  const at = host.lastIndexOf(':');
  return [host.slice(0, at), Number(host.slice(at + 1))];
}

/** Settings for trying things out, as JSON in the address: `?limits={"holdMs":1000}`. */
function fromAddress<Settings>(address: URLSearchParams, name: string): Partial<Settings> {
  return JSON.parse(address.get(name) ?? '{}') as Partial<Settings>;
}
