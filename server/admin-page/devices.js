// The devices of an app, and one of them with who has authorised it.

import { authorisationsOf } from './authorisations.js';
import { element } from './dom.js';
import { day, t, word } from './i18n.js';
import { pagedTable } from './paged.js';
import { badge, table } from './table.js';
import { linkTo } from './view.js';

/** @typedef {{ sn: string, modelId: string, registeredBy: string, licenseExpiresAt: number | null }} Device */

/** @param {Device} device */
function license({ licenseExpiresAt: until }) {
  if (until === null) return t('device.license.none');
  if (until > Date.now()) return day(until);
  return badge('bad', t('device.license.expired', { day: day(until) }));
}

/** @param {import('./view.js').Place} place */
export function devices(place) {
  const rows = table('app.devices', [
    {
      label: 'device.sn',
      cell: ({ sn }) => element('a', { class: 'id', href: linkTo('apps', place.app, 'devices', sn), text: sn }),
    },
    { label: 'device.model', cell: ({ modelId }) => element('span', { class: 'id', text: modelId }) },
    { label: 'device.registeredBy', cell: ({ registeredBy }) => word('device.registeredBy', registeredBy) },
    { label: 'device.license', cell: license },
  ]);
  const idOf = (/** @type {Device} */ { sn }) => sn;
  return pagedTable({ ...place, path: ['apps', place.app, 'devices'], rows, idOf });
}

/** @param {import('./view.js').Place} place */
export const device = (place) =>
  element(
    'div',
    {},
    element('h2', { class: 'id', text: place.one }),
    element('p', { class: 'quiet', text: t('device.authorisations') }),
    authorisationsOf(place, place.one),
  );
