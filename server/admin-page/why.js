// Why a call ended, in words: what happened, who did it, and what the contract says of the reason.

import { element } from './dom.js';
import { language, t, word } from './i18n.js';

/**
 * @typedef {{ to: 'caller' | 'listener', at: number, eventName: string, data: Record<string, unknown> }} Told
 * @typedef {{ meaning: string, cause: string, remedy: string }} Explanation
 * @typedef {Record<import('./i18n.js').Language, Explanation>} Explained
 * @typedef {{ codes: Record<string, Explained>, reasons: Record<string, Record<import('./i18n.js').Language, string>> }} Explanations
 */

/** @type {Promise<Explanations> | undefined} */
let known;

/** @returns {Promise<Explanations>} what the contract says of codes and reasons; nothing if it cannot be read now */
export async function explanations() {
  known ??= fetch('explanations.json').then((response) => response.json());
  try {
    return await known;
  } catch {
    known = undefined;
    return { codes: {}, reasons: {} };
  }
}

/** The members of events that say how a side ended a call by hand. */
const BY_HAND = ['manual', 'unloadCallPage', 'forceFromApp'];

/**
 * How the side that ended a call by hand did so, as it was told itself.
 * @param {import('./call-cells.js').End} end
 * @param {Told[]} events
 */
function howByHand({ how, by }, events) {
  if (!['cancelled', 'rejected', 'hungUp'].includes(how)) return undefined;
  const said = events.filter(({ to }) => to === by).flatMap(({ data }) => [data.status, data.origin]);
  return BY_HAND.find((word) => said.includes(word));
}

/**
 * @param {import('./call-cells.js').End} end
 * @param {Told[]} events
 * @param {Explanations} explanations
 */
export function why(end, events, { codes, reasons }) {
  const { how, by, reason, errCode } = end;
  const sides = ['hungUp', 'joinFailed', 'aborted'];
  const sentence = word('why', sides.includes(how) && by ? `${how}.${by}` : how);
  const hand = howByHand(end, events);
  const meant = reason === undefined ? undefined : reasons[reason]?.[language()];
  const code = errCode === undefined ? undefined : codes[errCode]?.[language()];
  /** @type {Array<[import('./i18n.js').Key, string | undefined]>} */
  const facts = [
    ['why.reason', reason],
    ['why.code', errCode === undefined ? undefined : String(errCode)],
    ['why.meaning', meant ?? code?.meaning],
    ['why.cause', code?.cause],
    ['why.remedy', code?.remedy],
  ];
  const list = element('dl', { class: 'facts' });
  for (const [label, text] of facts) {
    if (text) list.append(element('div', {}, element('dt', { text: t(label) }), element('dd', { text })));
  }
  const words = element('p', { class: 'why__words', text: sentence });
  if (hand) words.append(' ', word('why.how', hand));
  return list.childElementCount ? [words, list] : [words];
}
