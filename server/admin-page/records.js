// The calls of an app that the service keeps, the newest first: found by how they ended, when and whose they were, and to be
// taken away as a file.

import { FAILURES, kind, parties, started, state } from './call-cells.js';
import { element } from './dom.js';
import { duration, t, word } from './i18n.js';
import { messageOf, paged } from './paged.js';
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

/** @param {import('./view.js').Place} place */
export function records({ api, app, signal, tell }) {
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
    { id: 'filter-ending', onchange: again },
    element('option', { value: '', text: t('filter.any') }),
    element('option', { value: FAILURES.join(), text: t('filter.problems') }),
    ...ENDINGS.map((how) => element('option', { value: how, text: word('ending', how) })),
  );
  const party = element('input', {
    id: 'filter-party',
    type: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    onchange: again,
    onsearch: again,
  });
  const since = element('input', { id: 'filter-since', type: 'date', onchange: again });
  const until = element('input', { id: 'filter-until', type: 'date', onchange: again });

  /** Which calls are wanted. */
  const wanted = () => ({
    how: ending.value || undefined,
    party: party.value.trim() || undefined,
    since: midnight(since.value),
    until: midnight(until.value, 1),
  });

  const filters = element(
    'div',
    { class: 'filters', role: 'group', 'aria-label': t('filter.title') },
    element('label', { for: 'filter-ending', text: t('filter.ending') }),
    ending,
    element('label', { for: 'filter-party', text: t('filter.party') }),
    party,
    element('label', { for: 'filter-since', text: t('filter.since') }),
    since,
    element('label', { for: 'filter-until', text: t('filter.until') }),
    until,
  );
  const list = paged({
    api,
    path: ['apps', app, 'calls'],
    query: wanted,
    signal,
    node: rows.node,
    add: (/** @type {Call[]} */ calls) => rows.body.append(...calls.map((call) => rows.row(call, call.roomId))),
    clear: () => rows.body.replaceChildren(),
  });
  function again() {
    list.reload();
  }

  /**
   * A button that saves the calls that are wanted and over.
   * @param {'csv' | 'jsonl'} format
   */
  const saving = (format) => {
    const button = element('button', { type: 'button', class: 'button', text: t(`export.${format}`), onclick: save });
    async function save() {
      button.disabled = true;
      try {
        const file = await api.file(['apps', app, 'call-records'], { ...wanted(), format });
        const url = URL.createObjectURL(file);
        element('a', { href: url, download: `call-records-${app}.${format}` }).click();
        // The browser has taken it by then.
        setTimeout(() => URL.revokeObjectURL(url), 60_000);
      } catch (error) {
        if (!signal.aborted) tell(messageOf(error), true);
      }
      button.disabled = false;
    }
    return button;
  };
  const exports = element(
    'div',
    { class: 'filters', role: 'group', 'aria-label': t('export.title') },
    element('span', { class: 'quiet', text: t('export.title') }),
    saving('csv'),
    saving('jsonl'),
  );
  return element('div', {}, filters, exports, list.node);
}

/**
 * The beginning of a day in the browser's time zone, in milliseconds since the Unix epoch.
 * @param {string} day as an input of dates has it; empty for none
 * @param {number} later how many days later
 */
function midnight(day, later = 0) {
  if (!day) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).getTime();
}
