// The calls of an app that the service remembers, the newest first.

import { isFailure, kind, parties, started, state } from './call-cells.js';
import { element, say } from './dom.js';
import { duration, number, t, word } from './i18n.js';
import { paged } from './paged.js';
import { table } from './table.js';

/** @typedef {import('./call-cells.js').Call} Call */

/** In the order in which an operator looks for them. */
const ENDINGS = [
  'aborted',
  'joinFailed',
  'minutes',
  'unanswered',
  'busy',
  'rejected',
  'cancelled',
  'hungUp',
  'timeLimit',
];

/** The choice of what is a failure, beside the endings. */
const PROBLEMS = 'problems';

/** @param {import('./view.js').Place} place */
export function records({ api, app, signal }) {
  /** @type {Array<{ call: Call, row: HTMLElement }>} */
  const loaded = [];
  const rows = table('app.calls', [
    { label: 'call.started', cell: started(app), kind: 'when' },
    { label: 'call.parties', cell: parties, kind: 'who' },
    { label: 'call.kind', cell: kind },
    { label: 'call.state', cell: state, kind: 'state' },
    {
      label: 'call.length',
      cell: ({ end }) => (end ? duration(end.keepTime) : ''),
      kind: 'age number',
    },
  ]);

  const ending = element(
    'select',
    { id: 'filter-ending', onchange: filter },
    element('option', { value: '', text: t('filter.any') }),
    element('option', { value: PROBLEMS, text: t('filter.problems') }),
    ...ENDINGS.map((how) => element('option', { value: how, text: word('ending', how) })),
  );
  const party = element('input', {
    id: 'filter-party',
    type: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: filter,
  });
  const within = element('p', { class: 'quiet', role: 'status' });

  /** @param {Call} call */
  function matches(call) {
    const how = ending.value;
    const looked = party.value.trim().toLowerCase();
    const texts = [call.caller, call.listener].flatMap(({ name, id }) => [name, id]);
    return (
      (how === '' || (how === PROBLEMS ? isFailure(call) : call.end?.how === how)) &&
      texts.some((text) => text.toLowerCase().includes(looked))
    );
  }

  function filter() {
    for (const { call, row } of loaded) row.hidden = !matches(call);
    const count = loaded.filter(({ row }) => !row.hidden).length;
    const isOn = ending.value !== '' || party.value.trim() !== '';
    say(within, isOn ? t('filter.within', { count: number(count), loaded: number(loaded.length) }) : '');
  }

  const filters = element(
    'div',
    { class: 'filters', role: 'group', 'aria-label': t('filter.title') },
    element('label', { for: 'filter-ending', text: t('filter.ending') }),
    ending,
    element('label', { for: 'filter-party', text: t('filter.party') }),
    party,
    within,
  );
  const list = paged({
    api,
    path: ['apps', app, 'calls'],
    signal,
    node: rows.node,
    add: (/** @type {Call[]} */ calls) => {
      for (const call of calls) loaded.push({ call, row: rows.row(call, call.roomId) });
      rows.body.append(...loaded.slice(-calls.length).map(({ row }) => row));
      filter();
    },
    clear: () => {
      loaded.length = 0;
      rows.body.replaceChildren();
      filter();
    },
  });
  return element('div', {}, filters, list);
}
