// What the lists of calls have in common.

import { confirmed } from './dialog.js';
import { element } from './dom.js';
import { t, time, wholeTime, word } from './i18n.js';
import { messageOf } from './paged.js';
import { badge } from './table.js';
import { linkTo } from './view.js';

/**
 * @typedef {{ role: string, id: string, name: string }} Party
 *
 * @typedef {object} End
 * @property {string} how
 * @property {'caller' | 'listener'} [by]
 * @property {string} [reason]
 * @property {number} [errCode]
 * @property {number} keepTime
 * @property {number} billed
 * @property {number} minutes
 *
 * @typedef {object} Call as the operator's API gives it
 * @property {string} roomId
 * @property {'ringing' | 'waiting' | 'talking' | 'ended'} state
 * @property {number} createdAt
 * @property {number} businessType
 * @property {string} roomType
 * @property {string} chargeType
 * @property {Party} caller
 * @property {Party} listener
 * @property {End | null} end
 */

/** The ends that somebody should look into. */
export const FAILURES = ['joinFailed', 'aborted', 'minutes'];
const MISSED = ['unanswered', 'busy'];

/** @param {Party} party a name may be empty */
export const nameOf = ({ name, id }) => name || id;

/** @param {Call} call */
export const names = ({ caller, listener }) => ({ caller: nameOf(caller), listener: nameOf(listener) });

/** @param {Call} call its state, or how it ended */
export function state({ state, end }) {
  if (end === null) return badge(state === 'talking' ? 'good' : 'busy', word('state', state));
  const tone = FAILURES.includes(end.how) ? 'bad' : MISSED.includes(end.how) ? 'busy' : 'calm';
  return badge(tone, word('ending', end.how));
}

/** @param {Call} call */
export const kind = ({ roomType, businessType }) =>
  element(
    'span',
    { class: 'kind' },
    word('room', roomType),
    ' ',
    element('small', { text: word('business', String(businessType)) }),
  );

/** @param {string} app */
export const started = (app) => (/** @type {Call} */ call) =>
  element('a', {
    href: linkTo('apps', app, 'calls', call.roomId),
    title: wholeTime(call.createdAt),
    text: time(call.createdAt),
  });

/** @param {Call} call */
export const parties = ({ caller, listener }) =>
  element(
    'span',
    { class: 'parties' },
    party(caller),
    element('span', { class: 'parties__to', text: '→' }),
    party(listener),
  );

/** @param {Party} side */
const party = (side) =>
  element(
    'span',
    { class: 'party' },
    element('b', { text: nameOf(side) }),
    element('small', { class: 'id', text: side.id }),
  );

/**
 * Ends a call, if the operator means it.
 * @param {import('./view.js').Place} place
 * @param {Call} call
 */
export async function endCall({ api, app, tell }, call) {
  const { caller, listener } = names(call);
  const is = await confirmed({
    title: t('call.end.ask'),
    about: `${caller} → ${listener}`,
    note: t('call.end.note'),
    yes: t('call.end'),
    no: t('call.end.keep'),
  });
  if (!is) return;
  try {
    await api.end(['apps', app, 'calls', call.roomId]);
    tell(t('call.ended', { caller, listener }));
  } catch (error) {
    tell(messageOf(error), true);
  }
}
