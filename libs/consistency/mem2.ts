import v8 from 'node:v8';
if (process.env.FLAG !== 'no') v8.setFlagsFromString('--heap-growing-percent=20');
import { entities, dmMessage, projectDocument, encodeDocument, type MirrorChange } from '@ayna/contract';
import { connectFirestore, openDocumentSource } from '@ayna/firestore';
import { migrate, openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import { sql } from 'kysely';
import { checkMirror } from './src/index.ts';
const database = openDatabase({ url: process.env.PGURL ?? '', statementTimeoutMs: 600_000 });
await migrate(database);
const store = openMirrorStore({ database, entities });
const source = openDocumentSource(await connectFirestore('mem'));
const what = process.argv[2];
if (what === 'truncate') await sql.raw('TRUNCATE dm_messages_mirror').execute(database.kysely);
if (what === 'apply') {
  let changes: MirrorChange[] = [];
  for await (const { key, state } of source.scan(dmMessage)) {
    changes.push({ entity: dmMessage, key, sourceVersion: state.version, columns: projectDocument(dmMessage, encodeDocument(state.fields)), eventId: 'e', syncSource: 'trigger', retryCount: 0 });
    if (changes.length === 2000) { await store.apply(changes); changes = []; }
  }
  await store.apply(changes);
  await sql.raw('ANALYZE dm_messages_mirror').execute(database.kysely);
}
if (what === 'read') {
  const t = performance.now();
  const both = await Promise.all([(async () => { let n = 0; for await (const _ of source.scan(dmMessage)) n += 1; return [n, (performance.now() - t) / 1000]; })(), (async () => { let n = 0; for await (const _ of store.scan(dmMessage, { includeTombstones: true })) n += 1; return [n, (performance.now() - t) / 1000]; })()]);
  console.log('merely reading both', both, Math.round(both[0][0] / ((performance.now() - t) / 1000)), '/s', 'rss', process.resourceUsage().maxRSS / 1024);
}
if (what === 'check') {
  const t = setInterval(() => process.env.VERBOSE && console.error(JSON.stringify(process.memoryUsage())), 3000);
  const started = performance.now();
  const summary = await checkMirror({ entities: [dmMessage], source, store, maxExamples: 1, onProgress: (p) => p.checked % 100000 === 0 && console.error(p.checked, p.waiting) });
  clearInterval(t);
  const s = (performance.now() - started) / 1000;
  console.log(JSON.stringify(summary.total), 'seconds', s.toFixed(1), 'per second', Math.round(summary.total.checked / s), 'maxRssMb', Math.round(process.resourceUsage().maxRSS / 1024));
}
process.exit(0);
