// Who has changed what by the operator's API.

import { element } from './dom.js';
import { t, time, wholeTime } from './i18n.js';
import { pagedTable } from './paged.js';
import { id, table } from './table.js';

/** @typedef {{ at: number, key: string, address?: string, method: string, path: string, status: number }} Entry */

/** @param {import('./view.js').Place} place */
export function audit(place) {
  const rows = table('page.audit', [
    { label: 'audit.at', cell: ({ at }) => element('span', { title: wholeTime(at), text: time(at) }), kind: 'when' },
    { label: 'audit.key', cell: ({ key }) => element('b', { text: key }), kind: 'short' },
    { label: 'audit.address', cell: ({ address }) => id(address ?? ''), kind: 'short' },
    { label: 'audit.what', cell: ({ method, path }) => id(`${method} ${readable(path)}`) },
    { label: 'audit.status', cell: ({ status }) => String(status), kind: 'short number' },
  ]);
  const idOf = (/** @type {Entry} */ { at, path }) => `${at} ${path}`;
  return element(
    'div',
    {},
    element('p', { class: 'quiet', text: t('audit.intro') }),
    pagedTable({ ...place, path: ['audit'], rows, idOf }),
  );
}

/**
 * A path of the API without what all have in common, and with names as they are.
 * @param {string} path
 */
function readable(path) {
  const rest = path.replace(/^\/v1\/admin\//, '');
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}
