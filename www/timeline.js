// The timeline: who did what when, in the order in which it happened.
//
// Entries keep their keys and values, not their sentences, so that a change of the language reaches
// what has already been said.

import { byId, element } from './dom.js';
import { foldedExplanationOf } from './explanation.js';
import { onLanguage, t } from './i18n.js';

/** @typedef {import('./observe.js').Entry & { who: 'device' | 'phone' | 'gallery', at: number }} TimelineEntry */

/** @type {TimelineEntry[]} */
let entries = [];

/** @param {TimelineEntry} entry */
export function addEntry(entry) {
  entries.push(entry);
  const list = byId('timeline');
  if (entries.length === 1) list.replaceChildren();
  list.append(row(entry));
  byId('timeline-log').scrollTop = list.scrollHeight;
}

function row({ who, at, what, detail, body, errCode }) {
  const failed = what === 'failed' || what === 'unanswered';
  const node = element(
    'li',
    { class: failed ? 'entry entry_failed' : 'entry' },
    element('time', { datetime: new Date(at).toISOString(), text: clock(at) }),
    element('span', { class: `badge badge_${who}`, text: t(`role.${who}`) }),
    element('strong', {
      text: errCode === undefined ? t(`timeline.${what}`) : `${t(`timeline.${what}`)} · ${errCode}`,
    }),
  );
  if (body !== undefined) {
    node.append(
      element(
        'details',
        {},
        element('summary', { text: detail ?? 'JSON' }),
        element('pre', { tabindex: '0' }, element('code', { text: body })),
      ),
    );
  } else if (detail !== undefined) {
    node.append(element('p', { text: detail }));
  }
  node.append(foldedExplanationOf(errCode) ?? '');
  return node;
}

function clock(at) {
  const date = new Date(at);
  const pad = (number, length = 2) => String(number).padStart(length, '0');
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

function renderAll() {
  const empty = element('li', { class: 'timeline__empty', text: t('timeline.empty') });
  byId('timeline').replaceChildren(...(entries.length > 0 ? entries.map(row) : [empty]));
}

byId('timeline-clear').addEventListener('click', () => {
  entries = [];
  renderAll();
});
onLanguage(renderAll);
