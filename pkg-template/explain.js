// What the codes mean, and what else is said in words. Most of a call's code in size are these texts, so they stand apart.

/** @import { Explanation, Problem } from './index.js' */
/** @import { Phrase, ProblemRow } from './types/wasm.js' */

import { CODES } from './generated/codes.js';
import { BREAKS, PHRASES, SEPARATOR } from './generated/words.js';

/**
 * @param {number} errCode
 * @param {'en' | 'zh'} [language]
 * @returns {Explanation | undefined}
 */
export function explain(errCode, language = 'en') {
  const isKnown = language === 'en' || language === 'zh';
  const code = isKnown ? CODES[errCode] : undefined;
  const text = code?.[language];
  const raisedBy = /** @type {Explanation['raisedBy']} */ (code?.raisedBy);
  return text && { errCode, name: code.name, raisedBy, ...text };
}

/**
 * @param {string | undefined} errMsg
 * @param {'en' | 'zh'} [language]
 * @returns {string | undefined}
 */
export function explainAbort(errMsg, language = 'en') {
  const isKnown = errMsg !== undefined && Object.prototype.hasOwnProperty.call(BREAKS, errMsg);
  return isKnown && (language === 'en' || language === 'zh') ? BREAKS[errMsg][language] : undefined;
}

/**
 * What `check` gives: the wasm says it in English, and in phrases for the other language.
 *
 * @type {(rows: ProblemRow[]) => Problem[]}
 */
export const problemsOf = (rows) =>
  rows.map(([path, code, expected, got, ...inPhrases]) => {
    const [expectedZh, gotZh] = inPhrases.map(inChinese);
    return { path, code, expected, got, zh: { expected: expectedZh, got: gotZh } };
  });

/** @param {Phrase[]} phrases */
const inChinese = (phrases) => phrases.map(([number, put]) => PHRASES[number].replace('{}', () => put)).join(SEPARATOR);
