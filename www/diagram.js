// The sequence diagram: a lane for each party and one for the service, and below each other, in the
// order of time, everything that happened.
//
// Entries keep their keys and values, not their sentences, so that a change of the language reaches
// what has already been said.

import { createRow } from './diagram-row.js';
import { byId, element } from './dom.js';
import { onLanguage, t } from './i18n.js';

/** @typedef {import('./observe.js').Entry & { who: 'device' | 'phone' | 'gallery', at: number }} DiagramEntry */

const LANES = ['device', 'service', 'phone'];

/** Older ones make room, so that a page that is left open stays quick. */
const MOST_ROWS = 1500;

/** How far from the end the reader may be to be kept there, in pixels. */
const NEAR_THE_END = 48;

/** In the order of time. @type {Array<ReturnType<typeof createRow>>} */
let rows = [];
let forgotten = 0;
let withGallery = false;

/** @param {DiagramEntry} entry */
export function addEntry(entry) {
  followTheEnd();
  if (entry.who === 'gallery' && !withGallery) {
    withGallery = true;
    renderAll();
  }
  const repeated = rowToRepeat(entry);
  if (repeated) repeated.repeat(entry);
  else insert(entry);
  if (rows.length > MOST_ROWS) {
    rows.shift()?.node.remove();
    forgotten += 1;
    renderForgotten();
  }
}

let isLookedAt = false;

/** Keeps a reader who is at the end there. Many entries may come before the page is drawn again; to look costs. */
function followTheEnd() {
  if (isLookedAt) return;
  isLookedAt = true;
  const log = byId('diagram-log');
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END;
  requestAnimationFrame(() => {
    isLookedAt = false;
    if (follows) log.scrollTop = log.scrollHeight;
  });
}

/**
 * What two pages tell may arrive in another order than it happened in.
 *
 * @param {DiagramEntry} entry
 */
function insert(entry) {
  const row = createRow(entry, lanes());
  let at = rows.length;
  while (at > 0 && rows[at - 1].at > entry.at) at -= 1;
  byId('diagram').querySelector('.diagram__empty')?.remove();
  byId('diagram').insertBefore(row.node, rows[at]?.node ?? null);
  rows.splice(at, 0, row);
}

/**
 * Seconds of a call and messages of its media come by the dozen; with nothing else between them they are one row.
 *
 * @param {DiagramEntry} entry
 */
function rowToRepeat(entry) {
  for (let at = rows.length - 1; at >= 0 && rows[at].repeats; at -= 1) {
    if (rows[at].isLike(entry)) return rows[at];
  }
  return undefined;
}

function lanes() {
  return withGallery ? [...LANES, 'gallery'] : LANES;
}

function renderAll() {
  byId('diagram-lanes').replaceChildren(
    ...lanes().map((lane) => element('span', { class: `lane lane_${lane}`, text: t(`role.${lane}`) })),
  );
  byId('diagram-log').style.setProperty('--lanes', String(lanes().length));
  byId('diagram-log').classList.toggle('diagram__log_crowded', withGallery);
  for (const row of rows) row.render(lanes());
  const empty = element('li', { class: 'diagram__empty', text: t('diagram.empty') });
  byId('diagram').replaceChildren(...(rows.length > 0 ? rows.map(({ node }) => node) : [empty]));
  renderForgotten();
}

function renderForgotten() {
  byId('diagram-forgotten').hidden = forgotten === 0;
  byId('diagram-forgotten').textContent = t('diagram.forgotten', { count: forgotten });
}

byId('diagram-clear').addEventListener('click', () => {
  rows = [];
  forgotten = 0;
  withGallery = false;
  renderAll();
});
onLanguage(renderAll);
