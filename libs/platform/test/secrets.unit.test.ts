import { spawnSync } from 'node:child_process';
import { AynaError } from '@ayna/contract';
import { describe, expect, test } from 'vitest';
import { censorSecrets, describeFailure } from '../src/index.ts';

const SECRETS = [
  'Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=hush+hush/hush=;Other=1',
  'postgres://user:hush%40@host:5432/db',
  'Server=x;Password=hush;',
];

describe('a secret', () => {
  test.for(SECRETS)('does not get past the censor: %s', (text) => {
    expect(censorSecrets(text)).not.toContain('hush');
  });

  test('is not in what a person reads when a program fails', () => {
    for (const secret of SECRETS) {
      expect(describeFailure(new AynaError('BrokerRejected', secret))).not.toContain('hush');
      expect(describeFailure(new Error(secret))).not.toContain('hush');
    }
  });

  test('is not in the log, neither as a field nor inside an error or a message', () => {
    const script = `
      import { createLogger } from '../src/index.ts';
      const logger = createLogger('test');
      const secrets = ${JSON.stringify(SECRETS)};
      for (const secret of secrets) {
        logger.info({ connectionString: secret, nested: { password: 'hush' } }, secret);
        logger.error({ err: new Error(secret) }, 'failed');
      }
      logger.info('the end');
      logger.flush();
    `;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@ayna/source', '--input-type=module', '-e', script],
      { cwd: import.meta.dirname, encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(stderr).toContain('the end');
    expect(stderr).not.toContain('hush');
  });
});
