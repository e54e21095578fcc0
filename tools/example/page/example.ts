import type { ClientIssue } from '@ayna/client';
import { connect } from './connect.ts';
import { element, showIssue, showList, showState } from './render.ts';

const REFRESH_MS = 250;

const { client, flags, settings } = await connect((issue) => showIssue(describe(issue)));
const { conversationId, userId } = settings;
element('user').textContent = `signed in as ${userId}`;

client.messages.watch(conversationId, (view) =>
  showList('messages', 'message-source', view, ({ authorId, body, createdAt }) => [
    body ?? '',
    `${authorId ?? ''} ${createdAt?.slice(11, 19) ?? ''}`,
  ]),
);
client.follows.watchFollowing((view) =>
  showList('following', 'follow-source', view, ({ targetId, edgeType }) => [
    targetId,
    edgeType ?? '',
  ]),
);

onSubmit('send', 'body', (body) => client.messaging.sendMessage({ conversationId, body }).sent);
onSubmit('follow', 'target', (target) => client.following.follow(target));

setInterval(() => {
  showState('dm', client, flags);
  showState('follow', client, flags);
  void client.queue.size().then((size) => (element('queued').textContent = String(size)));
}, REFRESH_MS);

document.body.dataset.ready = 'true';

/** The form is free again at once: nobody waits for a network. */
function onSubmit(formId: string, inputId: string, act: (text: string) => Promise<void>): void {
  element(formId).addEventListener('submit', (event) => {
    event.preventDefault();
    const input = element(inputId) as HTMLInputElement;
    const text = input.value;
    input.value = '';
    act(text).catch((error: unknown) => showIssue(`Firestore refused: ${String(error)}`));
  });
}

function describe(issue: ClientIssue): string {
  switch (issue.kind) {
    case 'phaseChanged':
      return `${issue.feature}: reads moved from ${issue.from} to ${issue.to} (${issue.reason})`;
    case 'writeDelayed':
      return `saved, not yet in SQL: ${issue.call} (${String(issue.error)})`;
    case 'writeDropped':
      return `given up: ${issue.call} (${issue.reason})`;
    case 'drift':
      return `${issue.feature}: SQL differs at ${issue.keys.join(', ')}`;
    case 'readFailed':
      return `${issue.source} cannot be read: ${String(issue.error)}`;
    case 'storageFailed':
      return `the queue cannot be stored: ${String(issue.error)}`;
  }
}
