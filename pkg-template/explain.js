// What the codes mean, and what else is said in words. Most of a call's code in size are these texts, so they stand apart.

import { CODES } from './generated/codes.js';
import { BREAKS, PHRASES, SEPARATOR } from './generated/words.js';

export function explain(errCode, language = 'en') {
  const isKnown = language === 'en' || language === 'zh';
  const code = isKnown ? CODES[errCode] : undefined;
  const text = code?.[language];
  return text && { errCode, name: code.name, raisedBy: code.raisedBy, ...text };
}

export function explainAbort(errMsg, language = 'en') {
  const isKnown = Object.prototype.hasOwnProperty.call(BREAKS, errMsg);
  return isKnown && (language === 'en' || language === 'zh') ? BREAKS[errMsg][language] : undefined;
}

// What `check` gives: the wasm says it in English, and in phrases for the other language.
export const problemsOf = (rows) =>
  rows.map(([path, code, expected, got, ...inPhrases]) => {
    const [expectedZh, gotZh] = inPhrases.map(inChinese);
    return { path, code, expected, got, zh: { expected: expectedZh, got: gotZh } };
  });

const inChinese = (phrases) => phrases.map(([number, put]) => PHRASES[number].replace('{}', () => put)).join(SEPARATOR);
