// One call: what it is, why it ended, and everything that its two sides were told.

import { endCall, kind, names, nameOf, state } from './call-cells.js';
import { element, say } from './dom.js';
import { duration, number, preciseClock, t, wholeTime, word } from './i18n.js';
import { messageOf } from './paged.js';
import { table } from './table.js';
import { repeatedly } from './view.js';
import { explanations, why } from './why.js';

/**
 * @typedef {import('./call-cells.js').Call & { events: import('./why.js').Told[] }} Inspected
 * @typedef {import('./call-cells.js').Party} Party
 */

/** @param {import('./view.js').Place} place */
export function call(place) {
  const { api, app, one: roomId, signal } = place;
  /** What is shown, as text, so that only what has changed is drawn. */
  let drawn = '';
  /** @type {Inspected | undefined} */
  let read;

  const failure = element('p', { class: 'refusal', role: 'alert', 'data-testid': 'refusal', hidden: true });
  const title = element('p', { class: 'call__title' });
  const end = element('button', { type: 'button', class: 'button button_bad', text: t('call.end'), hidden: true });
  end.addEventListener('click', async () => {
    if (read) await endCall(place, read);
    now();
  });
  const reason = element('div', { class: 'why', 'data-testid': 'why' });
  const facts = element('dl', { class: 'facts' });
  const told = element('div', { 'data-testid': 'told' });
  const body = element(
    'div',
    { hidden: true },
    element('div', { class: 'card card_head' }, element('div', { class: 'bar' }, title, end), reason),
    element('div', { class: 'card' }, element('h2', { text: t('call.details') }), facts),
    element('h2', { text: t('call.told') }),
    told,
  );

  /** @param {Inspected} call */
  async function draw(call) {
    const explained = await explanations();
    const { caller, listener } = names(call);
    title.replaceChildren(element('b', { text: `${caller} → ${listener}` }), ' ', state(call));
    end.hidden = call.end !== null;
    end.setAttribute('aria-label', t('call.end.of', { caller, listener }));
    reason.className = `why why_${call.end ? 'over' : 'on'}`;
    reason.replaceChildren(
      element('h2', { text: t(call.end ? 'call.why' : 'call.on') }),
      ...(call.end
        ? why(call.end, call.events, explained)
        : [element('p', { class: 'why__words', text: word('call.on', call.state) })]),
    );
    facts.replaceChildren(...factsOf(call));
    told.replaceChildren(...toldIn(call));
  }

  async function poll() {
    try {
      /** @type {Inspected} */
      const call = await api.get(['apps', app, 'calls', roomId]);
      const text = JSON.stringify(call);
      read = call;
      if (text !== drawn) await draw(call);
      if (signal.aborted) return false;
      drawn = text;
      body.hidden = false;
      failure.hidden = true;
      return call.end === null;
    } catch (error) {
      if (signal.aborted) return false;
      say(failure, t('problem.read') + messageOf(error));
      failure.hidden = false;
      return true;
    }
  }
  const now = repeatedly(signal, poll);
  return element('section', { class: 'list call' }, failure, body);
}

/** @param {Inspected} call */
function factsOf(call) {
  const { end } = call;
  const party = (/** @type {Party} */ { role, id }) => [
    word('role', role),
    ' ',
    element('span', { class: 'id', text: id }),
  ];
  /** @type {Array<[import('./i18n.js').Key, Array<Node | string>]>} */
  const facts = [
    ['call.started', [wholeTime(call.createdAt)]],
    ['call.caller', [nameOf(call.caller), ' · ', ...party(call.caller)]],
    ['call.listener', [nameOf(call.listener), ' · ', ...party(call.listener)]],
    ['call.kind', [kind(call)]],
    ['call.charge', [word('charge', call.chargeType)]],
  ];
  if (end) {
    const { billed, minutes } = end;
    const cost = { seconds: number(billed), minutes: number(minutes) };
    facts.push(['call.talked', [duration(end.keepTime)]]);
    facts.push(['call.billed', [t(minutes ? 'call.cost' : 'call.cost.none', cost)]]);
  }
  facts.push(['call.room', [element('span', { class: 'id', text: call.roomId })]]);
  return facts.map(([label, value]) =>
    element('div', {}, element('dt', { text: t(label) }), element('dd', {}, ...value)),
  );
}

/** @param {Inspected} call */
function toldIn({ createdAt, events }) {
  if (events.length === 0) return [element('p', { class: 'empty', text: t('call.told.none') })];
  const rows = table('call.told', [
    { label: 'call.told.when', cell: ({ at }) => preciseClock(at), kind: 'when' },
    {
      label: 'call.told.after',
      cell: ({ at }) => t('call.told.seconds', { seconds: ((at - createdAt) / 1000).toFixed(1) }),
      kind: 'when',
    },
    { label: 'call.told.to', cell: ({ to }) => word('side', to), kind: 'short' },
    {
      label: 'call.told.what',
      cell: ({ eventName }) =>
        element('span', {}, word('event', eventName), ' ', element('small', { class: 'id', text: eventName })),
    },
    { label: 'call.told.data', cell: ({ data }) => element('span', { class: 'id', text: written(data) }) },
  ]);
  rows.body.append(...events.map((event, index) => rows.row(event, String(index))));
  return [rows.node];
}

/**
 * The members of an event's data, one after the other, and those of an object in it with its name before theirs.
 * @param {object} data
 * @param {string} before
 * @returns {string}
 */
const written = (data, before = '') =>
  Object.entries(data)
    .map(([name, value]) =>
      typeof value === 'object' && value !== null ? written(value, `${before}${name}.`) : `${before}${name}: ${value}`,
    )
    .join(', ');
