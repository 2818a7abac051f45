// The mini-programs that the service knows, and the frame around what belongs to one of them.

import { element, say } from './dom.js';
import { number, t } from './i18n.js';
import { messageOf, pagedTable } from './paged.js';
import { badge, table } from './table.js';
import { linkTo, repeatedly } from './view.js';

/** @typedef {{ appId: string, owner: string | null, approved: boolean, minutesLeft: number, overdraft: number }} App */

/** How often the minutes of an app are read again while one is looking at it, in milliseconds. */
const EVERY_MS = 10_000;

/** What there is of an app, in the order in which it is shown. */
export const SECTIONS = /** @type {const} */ (['live', 'calls', 'devices', 'users', 'authorisations']);

/** @param {App} app */
const approved = (app) =>
  badge(app.approved ? 'good' : 'bad', t(app.approved ? 'app.approved.yes' : 'app.approved.no'));

/** @param {App} app whether it can use no further minute */
const isOut = ({ minutesLeft, overdraft }) => minutesLeft + overdraft <= 0;

/** @param {App} app */
const factsOf = (app) => [
  approved(app),
  badge(isOut(app) ? 'bad' : 'calm', t('app.minutes.left', { count: number(app.minutesLeft) })),
  app.overdraft ? badge('calm', t('app.overdraft.of', { count: number(app.overdraft) })) : '',
  element('span', { text: `${t('app.owner')}: ${app.owner ?? t('app.owner.none')}` }),
];

/** @param {import('./view.js').Place} place */
export function apps(place) {
  const rows = table('page.apps', [
    {
      label: 'app.id',
      cell: ({ appId }) => element('a', { class: 'id', href: linkTo('apps', appId, 'live'), text: appId }),
    },
    { label: 'app.owner', cell: ({ owner }) => owner ?? '' },
    { label: 'app.approved', cell: approved },
    {
      label: 'app.minutes',
      cell: (app) => (isOut(app) ? badge('bad', number(app.minutesLeft)) : number(app.minutesLeft)),
      kind: 'number',
    },
    { label: 'app.overdraft', cell: ({ overdraft }) => number(overdraft), kind: 'number' },
  ]);
  return pagedTable({ ...place, path: ['apps'], rows, idOf: (/** @type {App} */ app) => app.appId });
}

/**
 * The app's name, what it may do, and the way to all that belongs to it.
 * @param {import('./view.js').Place} place
 * @param {string} current the section that is shown
 */
export function head({ api, app, signal }, current) {
  // It has its height before it has its words.
  const about = element('p', { class: 'about' }, '\u00a0');
  let drawn = '';
  repeatedly(
    signal,
    async () => {
      try {
        /** @type {App} */
        const read = await api.get(['apps', app]);
        const text = JSON.stringify(read);
        if (!signal.aborted && text !== drawn) about.replaceChildren(...factsOf(read));
        drawn = text;
      } catch (error) {
        // What was read before is no longer known to be so.
        if (!signal.aborted) say(about, t('problem.read') + messageOf(error));
        drawn = '';
      }
    },
    EVERY_MS,
  );
  const sections = SECTIONS.map((section) =>
    element('a', {
      href: linkTo('apps', app, section),
      'aria-current': section === current && 'page',
      text: t(`app.${section}`),
    }),
  );
  return [about, element('nav', { class: 'tabs', 'aria-label': t('app.sections') }, ...sections)];
}
