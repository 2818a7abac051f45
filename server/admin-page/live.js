// The calls of an app that are on. What is there stays where it is: new calls come below the others, and those that have ended
// are cleared by hand.

import { Refused } from './api.js';
import { endCall, kind, names, parties, started, state } from './call-cells.js';
import { element, say } from './dom.js';
import { clock, duration, number, t } from './i18n.js';
import { messageOf } from './paged.js';
import { table } from './table.js';
import { repeatedly } from './view.js';

/** How many calls are shown at most; the newest. */
const MOST = 200;

/** How many calls that have ended are kept in the list, and how many of them are asked how they did at once. */
const MOST_ENDED = 100;
const ASK_AT_ONCE = 20;

/**
 * @typedef {import('./call-cells.js').Call} Call
 * @typedef {{ call: Call, row: HTMLElement, state: HTMLElement, age: HTMLElement, end: HTMLButtonElement }} Row
 */

/** @param {import('./view.js').Place} place */
export function live(place) {
  const { api, app, signal } = place;
  /** @type {Map<string, Row>} */
  const shown = new Map();
  /** @type {number | undefined} */
  let readAt;

  const count = element('p', { class: 'count', 'data-testid': 'live-count' });
  const freshness = element('p', { class: 'quiet', 'data-testid': 'live-state', text: t('page.loading') });
  const clearing = element('button', { type: 'button', class: 'button', onclick: clear, hidden: true });
  const none = element('p', { class: 'empty', text: t('live.none'), hidden: true });

  /** The cells of a row that change. */
  const cells = () => ({
    state: element('span'),
    age: element('span', { class: 'number' }),
    end: element('button', { type: 'button', class: 'button button_small button_bad', text: t('call.end') }),
  });
  /** @type {ReturnType<typeof cells>} */
  let changing;
  const rows = table('app.live', [
    { label: 'call.started', cell: started(app), kind: 'when' },
    { label: 'call.parties', cell: parties, kind: 'who' },
    { label: 'call.kind', cell: kind },
    { label: 'call.state', cell: () => changing.state, kind: 'state' },
    { label: 'call.age', cell: () => changing.age, kind: 'age' },
    { label: 'call.action', cell: () => changing.end, kind: 'action' },
  ]);

  /** @param {Call} call */
  function show(call) {
    const { roomId } = call;
    let row = shown.get(roomId);
    if (!row) {
      changing = cells();
      row = { call, row: rows.row(call, roomId), ...changing };
      const { end } = row;
      end.setAttribute('aria-label', t('call.end.of', names(call)));
      end.addEventListener('click', async () => {
        await endCall(place, call);
        now();
      });
      shown.set(roomId, row);
      rows.body.append(row.row);
      row.state.append(state(call));
    } else if (call.state !== row.call.state) {
      row.state.replaceChildren(state(call));
    }
    row.call = call;
    row.row.classList.toggle('is-over', call.state === 'ended');
    row.end.disabled = call.state === 'ended';
  }

  /** How calls that are on no longer have ended. */
  async function follow(/** @type {Row[]} */ gone) {
    const read = async (/** @type {Row} */ { call }) => {
      try {
        return await api.get(['apps', app, 'calls', call.roomId]);
      } catch (error) {
        // The service has forgotten it meanwhile; where it has failed otherwise, it is asked again.
        return error instanceof Refused && error.status === 404 ? { ...call, state: 'ended' } : call;
      }
    };
    const ended = await Promise.all(gone.slice(0, ASK_AT_ONCE).map(read));
    if (!signal.aborted) ended.forEach(show);
  }

  const over = () => [...shown.values()].filter(({ call }) => call.state === 'ended');

  function clear() {
    for (const row of over()) remove(row);
    summarise();
  }

  /** @param {Row} row */
  function remove({ call, row }) {
    row.remove();
    shown.delete(call.roomId);
  }

  let more = false;
  function summarise() {
    const ended = over().length;
    say(count, t(more ? 'live.count.more' : 'live.count', { count: number(shown.size - ended) }));
    say(clearing, t('live.clear', { count: number(ended) }));
    clearing.hidden = ended === 0;
    none.hidden = shown.size > 0;
  }

  async function poll() {
    try {
      /** @type {{ items: Call[], next?: string }} */
      const { items, next } = await api.get(['apps', app, 'calls'], { live: true, limit: MOST });
      if (signal.aborted) return;
      more = next !== undefined;
      items.toReversed().forEach(show);
      const on = new Set(items.map(({ roomId }) => roomId));
      await follow([...shown.values()].filter(({ call }) => call.state !== 'ended' && !on.has(call.roomId)));
      if (signal.aborted) return;
      over().slice(0, -MOST_ENDED).forEach(remove);
      readAt = Date.now();
      say(freshness, t('live.at', { time: clock(readAt) }));
      freshness.classList.remove('is-bad');
      summarise();
      tick();
    } catch (error) {
      if (signal.aborted) return;
      const since = readAt === undefined ? t('live.never') : t('live.failed', { time: clock(readAt) });
      say(freshness, since + messageOf(error));
      freshness.classList.add('is-bad');
    }
  }

  function tick() {
    for (const { call, age } of shown.values()) {
      if (call.state !== 'ended') say(age, duration((Date.now() - call.createdAt) / 1000));
    }
  }

  const now = repeatedly(signal, poll);
  const ticking = setInterval(tick, 1000);
  signal.addEventListener('abort', () => clearInterval(ticking));
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'hidden') say(freshness, t('live.paused'));
    },
    { signal },
  );
  summarise();
  none.hidden = true;
  return element(
    'section',
    { class: 'list' },
    element('div', { class: 'bar' }, count, freshness),
    rows.node,
    none,
    // Below the calls, where nothing has to make room for it.
    clearing,
  );
}
