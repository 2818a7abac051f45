// Tables of records. On a narrow screen each row is a card, and each cell says its label itself.

import { element } from './dom.js';
import { t } from './i18n.js';

/**
 * @template Item
 * @typedef {object} Column
 * @property {import('./i18n.js').Key} label
 * @property {(item: Item) => Node | string} cell
 * @property {string} [kind] the class of its cells
 */

/**
 * @template Item
 * @param {import('./i18n.js').Key} caption what screen readers call it
 * @param {Column<Item>[]} columns
 */
export function table(caption, columns) {
  const head = columns.map(({ label, kind }) =>
    element('th', { scope: 'col', role: 'columnheader', class: kind, text: t(label) }),
  );
  const body = element('tbody', { role: 'rowgroup', 'data-testid': 'rows' });
  // What CSS shows as blocks is no table for screen readers unless it says so.
  const node = element(
    'table',
    { class: 'table', role: 'table', 'aria-label': t(caption) },
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...head)),
    body,
  );
  return {
    node,
    body,
    /**
     * @param {Item} item
     * @param {string} id tells the row from others
     */
    row: (item, id) =>
      element(
        'tr',
        { 'data-id': id, role: 'row' },
        ...columns.map(({ label, cell, kind }) =>
          element('td', { class: kind, role: 'cell', 'data-label': t(label) }, cell(item)),
        ),
      ),
  };
}

/**
 * A word with a colour of its own.
 * @param {'good' | 'busy' | 'bad' | 'calm'} tone
 * @param {string} text
 */
export const badge = (tone, text) => element('span', { class: `badge badge_${tone}`, text });

/** @param {string} text an id, which may be long */
export const id = (text) => element('span', { class: 'id', text });
