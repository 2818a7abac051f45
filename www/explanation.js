// What an error code means, usually comes from and asks for: the package's own words, in the page's language.

import { explain } from 'wmpf-voip';
import { element } from './dom.js';
import { language, t } from './i18n.js';

/**
 * @param {number | undefined} errCode
 * @returns {ReturnType<typeof explain>} nothing for a code that the contract does not have
 */
export function explained(errCode) {
  return errCode === undefined ? undefined : explain(errCode, language());
}

/**
 * All of it, for the place where one error is looked at.
 * @param {number | undefined} errCode
 */
export function explanationOf(errCode) {
  const words = explained(errCode);
  return words && parts(words, ['meaning', 'cause', 'remedy']);
}

/**
 * The meaning, which unfolds to the rest, for the places where many errors stand below each other.
 * @param {number | undefined} errCode
 * @param {boolean} [open]
 */
export function foldedExplanationOf(errCode, open = false) {
  const words = explained(errCode);
  return (
    words &&
    element(
      'details',
      { open },
      element('summary', { text: words.meaning }),
      parts(words, ['cause', 'remedy']),
    )
  );
}

function parts(words, names) {
  const list = element('dl', { class: 'explanation' });
  for (const name of names) {
    list.append(
      element('dt', { text: t(`explain.${name}`) }),
      element('dd', { text: words[name] }),
    );
  }
  return list;
}
