import type { Feature, ListView, MirrorClient } from '@ayna/client';
import type { OpenFeatureClientFlags } from '@ayna/flags/web';

/** An element of the page, by its id. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** Shows a list, and where it was read. */
export function showList<Row>(
  listId: string,
  badgeId: string,
  view: ListView<Row>,
  textOf: (row: Row) => readonly [string, string],
): void {
  const items = view.rows.map((row) => {
    const [main, beside] = textOf(row);
    const item = document.createElement('li');
    const small = document.createElement('small');
    small.textContent = beside;
    item.append(main, small);
    return item;
  });
  element(listId).replaceChildren(...items);
  const badge = element(badgeId);
  badge.textContent = `${view.source === 'sql' ? 'SQL' : 'Firestore'}${view.isStale ? ', stale' : ''}`;
}

/** Shows what the client knows of a feature, as a row of the table. */
export function showState(
  feature: Feature,
  { messages, follows, latency }: MirrorClient,
  flags: OpenFeatureClientFlags,
): void {
  const status = (feature === 'dm' ? messages : follows).status();
  const { p95 } = latency.figures(feature === 'dm' ? 'dmSqlMirror' : 'followSqlMirror');
  const because = status.fallenBecause === undefined ? '' : ` (${status.fallenBecause})`;
  const cells = [
    feature,
    status.wanted,
    `${status.phase}${because}`,
    flags.doubleWrite(feature) ? 'on' : 'off',
    `${p95.toFixed(0)} ms`,
    String(status.compared),
    `${(status.drift * 100).toFixed(2)} %`,
  ].map((text) => {
    const cell = document.createElement('td');
    cell.textContent = text;
    return cell;
  });
  element(`${feature}-state`).replaceChildren(...cells);
}

const SHOWN_ISSUES = 50;

/** Adds a line to the issues, the newest first. */
export function showIssue(text: string): void {
  const list = element('issues');
  const item = document.createElement('li');
  item.textContent = `${new Date().toISOString().slice(11, 19)} ${text}`;
  list.prepend(item);
  while (list.childElementCount > SHOWN_ISSUES) list.lastElementChild?.remove();
}
