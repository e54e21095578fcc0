import { parseArgs } from 'node:util';
import { sqlMirrorReadPhase, useSqlMirrorDoubleWrite } from '@ayna/flags';
import { shutdownSignal } from '@ayna/platform';
import { startExample } from './start-example.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5173' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`An app page on @ayna/client, with everything it talks to.

  --port N   where the page is (default 5173; 0 takes a free port)

While it runs: ayna mirror cutover --to B --provider file --flags-file FILE, or edit that file.`);
} else {
  const stopping = shutdownSignal();
  const example = await startExample(Number(values.port));
  for (const feature of ['dm', 'follow'] as const) {
    await example.flags.set(useSqlMirrorDoubleWrite[feature], true);
    await example.flags.set(sqlMirrorReadPhase[feature], 'A');
  }
  console.log(`The page: ${example.url}?user=ada and ${example.url}?user=bob`);
  console.log(`Its flags: ${example.flags.name}. Ctrl-C ends it.`);
  await stopping;
  await example.close();
}
