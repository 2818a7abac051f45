// A list that is read a page at a time, and grows.

import { Refused } from './api.js';
import { element, say } from './dom.js';
import { number, t } from './i18n.js';

/** How many records are read at once. */
const PAGE = 50;

/**
 * What an operator is told of a failure.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Refused ? error.message : t('problem.unreachable');
}

/**
 * @template Item
 * @param {object} options
 * @param {import('./api.js').Api} options.api
 * @param {string[]} options.path
 * @param {() => Record<string, string | number | undefined>} [options.query] which of them
 * @param {AbortSignal} options.signal says that nobody looks at it any more
 * @param {Node} options.node where the items go
 * @param {(items: Item[]) => void | Promise<void>} options.add shows a page of items
 * @param {() => void} options.clear takes all of them away
 * @param {number} [options.length] how many items a page has
 * @param {import('./i18n.js').Key} [options.shown] says how many there are
 * @param {import('./i18n.js').Key} [options.shownOfMore] the same, where there are more
 */
export function paged({
  api,
  path,
  query = () => ({}),
  signal,
  node,
  add,
  clear,
  length = PAGE,
  shown = 'list.shown',
  shownOfMore = 'list.shown.more',
}) {
  /** @type {string | undefined} */
  let next;
  let count = 0;
  const status = element('p', { class: 'quiet', role: 'status' });
  const failure = element('p', { class: 'refusal', role: 'alert', 'data-testid': 'refusal', hidden: true });
  const more = element('button', { type: 'button', class: 'button', hidden: true, onclick: () => load(next) });
  const refresh = element('button', { type: 'button', class: 'button', text: t('list.refresh') });
  refresh.addEventListener('click', () => load(undefined));
  const bar = element('div', { class: 'bar' }, status, refresh);
  const all = element('section', { class: 'list' }, bar, failure, node, more);

  /** How often something was read: what was asked for before is no longer wanted. */
  let turn = 0;

  /** @param {string | undefined} after the page after this record; the first one without it */
  async function load(after) {
    turn += 1;
    const own = turn;
    const isOver = () => signal.aborted || own !== turn;
    for (const button of [more, refresh]) button.disabled = true;
    failure.hidden = true;
    say(status, t('page.loading'));
    try {
      const wanted = { ...query(), limit: length };
      let page = await api.get(path, { ...wanted, after });
      // Where few records are wanted, a page can be empty and not the last one.
      while (!isOver() && page.items.length === 0 && page.next !== undefined) {
        page = await api.get(path, { ...wanted, after: page.next });
      }
      if (isOver()) return;
      if (after === undefined) {
        clear();
        count = 0;
      }
      await add(page.items);
      count += page.items.length;
      next = page.next;
      say(more, t('list.more'));
      more.hidden = next === undefined;
    } catch (error) {
      if (isOver()) return;
      failure.textContent = t('problem.read') + messageOf(error);
      failure.hidden = false;
      say(more, t('page.retry'));
      more.hidden = false;
    }
    for (const button of [more, refresh]) button.disabled = false;
    say(status, statusOf());
  }

  function statusOf() {
    if (next !== undefined) return t(shownOfMore, { count: number(count) });
    return count ? t(shown, { count: number(count) }) : failure.hidden ? t('list.empty') : '';
  }

  load(undefined);
  return { node: all, reload: () => load(undefined) };
}

/**
 * The same, as a table.
 * @template Item
 * @param {import('./view.js').Place & { path: string[], rows: ReturnType<typeof import('./table.js').table<Item>>, idOf: (item: Item) => string }} options
 */
export const pagedTable = ({ api, path, signal, rows, idOf }) =>
  paged({
    api,
    path,
    signal,
    node: rows.node,
    add: (/** @type {Item[]} */ items) => rows.body.append(...items.map((item) => rows.row(item, idOf(item)))),
    clear: () => rows.body.replaceChildren(),
  }).node;
