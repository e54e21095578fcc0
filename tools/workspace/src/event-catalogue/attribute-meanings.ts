/** What each CloudEvents attribute says. A new attribute has to be explained here. */
const attributeMeanings: Readonly<Record<string, string>> = {
  specversion: 'The version of CloudEvents.',
  id: '`type:source:firestoreEventId:entropy`. A trigger that is delivered again makes the same id; a replay keeps it.',
  type: 'What happened: entity and operation.',
  source: 'The Firestore database, or the tool that published.',
  subject: 'The path of the document.',
  time: 'When Firestore committed the change.',
  contractversion: 'The version of this contract.',
};

/** Application properties that a message may have beside the attributes. */
export const otherProperties: Readonly<Record<string, string>> = {
  cloudEvents_traceparent:
    'W3C Trace Context, by the distributed-tracing extension of CloudEvents: the span that published the event.',
  cloudEvents_tracestate: 'W3C Trace Context: what tracing systems add to it.',
  'Diagnostic-Id': 'The same as `cloudEvents_traceparent`, for the tools of Azure.',
  ayna_first_published: 'Of a replay: when the event was first published.',
  ayna_replayed_traceparent: 'Of a replay: the `cloudEvents_traceparent` of the dead letter.',
};

/** What each field of the data says, beside the identity fields. A new field has to be explained here. */
const dataMeanings: Readonly<Record<string, string>> = {
  operation:
    'The operation of the type. A document that comes back after a delete is created again.',
  sourceVersion:
    'The commit time of the change in microseconds since 1970, as decimal text: the version of the row. Of two events of a document the larger one is right.',
  replacesVersion:
    'Of a repair: the version of the row that was found to be wrong, which is replaced whatever its version. Null otherwise.',
  document:
    'The document after the change, as canonical JSON in a text. Null for a delete and for a claim check.',
  previousDocument:
    'The document before the change, as canonical JSON in a text. Null when there was none, when the publisher did not know it, and when both were too large to travel.',
  claimCheck:
    'True when the document is too large to travel: read it from Firestore by `subject`; it has this version or a newer one.',
  occurredAt: 'The same as `time`.',
  attempt: '1 when first published; each replay of a dead letter adds one.',
  syncSource:
    'Who published: `trigger`, `backfill` or `repair`. The callables write to SQL themselves and publish nothing; `gateway` stands in rows only.',
};

/** @throws Error for a name that nobody has explained */
function meaning(meanings: Readonly<Record<string, string>>, name: string): string {
  const text = meanings[name];
  if (text === undefined) throw new Error(`say in attribute-meanings.ts what "${name}" means`);
  return text;
}

export const meaningOfAttribute = (name: string): string => meaning(attributeMeanings, name);
export const meaningOfDataField = (name: string): string => meaning(dataMeanings, name);
