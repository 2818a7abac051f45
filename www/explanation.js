// What an error is, means, usually comes from and asks for: the package's own words, in the page's language.

import { check, explain } from 'wmpf-voip';
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
    element('details', { open }, element('summary', { text: words.meaning }), parts(words, ['cause', 'remedy']))
  );
}

/**
 * What was wrong with a request that failed. The service says it of the requests that it gets.
 * @param {{ errCode?: number, problems?: Problem[] }} failure
 * @param {object} request
 * @returns {Promise<Problem[]>} none where the failure is of another kind
 */
export async function problemsOf({ errCode, problems }, request) {
  if (problems) return problems;
  return OF_FIELDS.has(Number(errCode)) ? check(request).catch(() => []) : [];
}

/** The codes of wrong fields. */
const OF_FIELDS = new Set([1001, 1004]);

/** @typedef {import('wmpf-voip').Problem} Problem */

/**
 * What is wrong with a field.
 * @param {Problem} problem
 */
export function problemText(problem) {
  return t('form.problem', language() === 'zh' ? problem.zh : problem);
}

/**
 * Why something failed, beside its code. errMsg is in English: a reader of Chinese gets the fields that are wrong, and for
 * the rest what the code means, which stands below. All of errMsg is in the diagram.
 * @param {{ errCode?: number, errMsg: string }} failure
 * @param {Problem[]} problems
 */
export function reasonOf({ errCode, errMsg }, problems) {
  if (language() === 'en' || !explained(errCode)) return errMsg;
  return problems.map((problem) => `${problem.path} ${problemText(problem)}`).join('\n');
}

/**
 * @param {import('wmpf-voip').Explanation} words
 * @param {Array<'meaning' | 'cause' | 'remedy'>} names
 */
function parts(words, names) {
  const list = element('dl', { class: 'explanation' });
  for (const name of names) {
    list.append(element('dt', { text: t(`explain.${name}`) }), element('dd', { text: words[name] }));
  }
  return list;
}
