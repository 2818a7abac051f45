// The users of an app.

import { t } from './i18n.js';
import { pagedTable } from './paged.js';
import { badge, id, table } from './table.js';

/** @typedef {{ openId: string, scopeVoip: boolean }} User */

/** @param {import('./view.js').Place} place */
export function users(place) {
  const rows = table('app.users', [
    { label: 'user.openId', cell: ({ openId }) => id(openId) },
    {
      label: 'user.scope',
      cell: ({ scopeVoip }) => badge(scopeVoip ? 'good' : 'calm', t(scopeVoip ? 'user.scope.yes' : 'user.scope.no')),
    },
  ]);
  const idOf = (/** @type {User} */ { openId }) => openId;
  return pagedTable({ ...place, path: ['apps', place.app, 'users'], rows, idOf });
}
