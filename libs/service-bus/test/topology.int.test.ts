import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectAdministration,
  connectServiceBus,
  mirrorTopology,
  provisionTopology,
} from '../src/index.ts';

let broker: ServiceBusEmulator;
beforeAll(async () => {
  broker = await startServiceBusEmulator({ port: 0 });
});
afterAll(() => broker.close());

const administration = () =>
  connectAdministration({ kind: 'connectionString', connectionString: broker.connectionString });

describe('provisioning', () => {
  test('creates the topic with duplicate detection and its three subscriptions', async () => {
    const created = await provisionTopology(administration(), mirrorTopology());
    expect(created).toEqual([
      'realtime-mirror',
      'realtime-mirror/sql-writer',
      'realtime-mirror/monitoring',
      'realtime-mirror/realtime',
    ]);
    expect(await administration().getTopic('realtime-mirror')).toMatchObject({
      requiresDuplicateDetection: true,
    });
    expect(await administration().getSubscription('realtime-mirror', 'sql-writer')).toMatchObject({
      maxDeliveryCount: 100,
      deadLetteringOnMessageExpiration: true,
    });
  });

  test('lets what nobody reads expire on the optional subscriptions', async () => {
    await provisionTopology(administration(), mirrorTopology('taps'));
    const monitoring = await administration().getSubscription('taps', 'monitoring');
    expect(monitoring).toMatchObject({
      defaultMessageTimeToLive: 'PT1M',
      deadLetteringOnMessageExpiration: false,
    });
  });

  test('run by many replicas at once creates everything once and fails for none', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, () =>
        provisionTopology(administration(), mirrorTopology('contended')),
      ),
    );
    expect(runs.flat().sort()).toEqual([
      'contended',
      'contended/monitoring',
      'contended/realtime',
      'contended/sql-writer',
    ]);
  });

  test('leaves the settings an operator chose alone', async () => {
    await administration().createTopic('mine', { requiresDuplicateDetection: false });
    await provisionTopology(administration(), mirrorTopology('mine'));
    expect(await administration().getTopic('mine')).toMatchObject({
      requiresDuplicateDetection: false,
    });
  });
});

describe('a connection string', () => {
  test.for(['', 'nonsense', 'Endpoint=sb://x/;SharedAccessKey=hush'])(
    'that cannot be used ("%s") is a ConfigInvalid that does not repeat it',
    (connectionString) => {
      const endpoint = { kind: 'connectionString', connectionString } as const;
      expect(() => connectServiceBus(endpoint)).toThrow('cannot be read');
      expect(() => connectServiceBus(endpoint)).not.toThrow(/hush/);
    },
  );
});
