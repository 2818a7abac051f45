// Which users have authorised which devices of an app. The service lists them by device, so this shows a few devices at a time.

import { element } from './dom.js';
import { t, word } from './i18n.js';
import { paged, pagedTable } from './paged.js';
import { badge, id, table } from './table.js';
import { linkTo } from './view.js';

/** @typedef {{ sn: string, openId: string, deviceName: string, status: number }} Authorisation */

/** How many devices are read at once, and how many authorisations of each. */
const DEVICES = 20;
const OF_EACH = 10;

const columns = () => [
  { label: /** @type {const} */ ('user.openId'), cell: (/** @type {Authorisation} */ { openId }) => id(openId) },
  {
    label: /** @type {const} */ ('authorisation.name'),
    cell: (/** @type {Authorisation} */ { deviceName }) => deviceName,
  },
  {
    label: /** @type {const} */ ('authorisation.status'),
    cell: (/** @type {Authorisation} */ { status }) =>
      badge(status === 1 ? 'good' : 'calm', word('authorisation.status', String(status))),
  },
];

/** @param {Authorisation} authorisation */
const idOf = ({ openId }) => openId;

/**
 * All of one device.
 * @param {import('./view.js').Place} place
 * @param {string} sn
 */
export const authorisationsOf = (place, sn) =>
  pagedTable({
    ...place,
    path: ['apps', place.app, 'devices', sn, 'authorisations'],
    rows: table('app.authorisations', columns()),
    idOf,
  });

/** @param {import('./view.js').Place} place */
export function authorisations({ api, app, signal }) {
  const all = element('div', { class: 'groups' });

  /** @param {{ sn: string }} device */
  async function group({ sn }) {
    const path = ['apps', app, 'devices', sn, 'authorisations'];
    /** @type {{ items: Authorisation[], next?: string }} */
    const { items, next } = await api.get(path, { limit: OF_EACH });
    const rows = table('app.authorisations', columns());
    rows.body.append(...items.map((item) => rows.row(item, idOf(item))));
    const link = linkTo('apps', app, 'devices', sn);
    return element(
      'section',
      { class: 'group' },
      element(
        'h2',
        {},
        element('a', { class: 'id', href: link, 'aria-label': t('authorisation.device', { sn }), text: sn }),
      ),
      items.length ? rows.node : element('p', { class: 'quiet', text: t('authorisation.none') }),
      next === undefined ? '' : element('a', { href: link, text: t('authorisation.more') }),
    );
  }

  return paged({
    api,
    path: ['apps', app, 'devices'],
    signal,
    node: all,
    length: DEVICES,
    shown: 'authorisation.shown',
    shownOfMore: 'authorisation.shown.more',
    add: async (/** @type {Array<{ sn: string }>} */ devices) => all.append(...(await Promise.all(devices.map(group)))),
    clear: () => all.replaceChildren(),
  }).node;
}
