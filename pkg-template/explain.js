// What the codes mean. Most of a call's code in size are these texts, so they stand apart.

import { CODES } from './codes.js';

export function explain(errCode, language = 'en') {
  const isKnown = language === 'en' || language === 'zh';
  const code = isKnown ? CODES[errCode] : undefined;
  const text = code?.[language];
  return text && { errCode, name: code.name, raisedBy: code.raisedBy, ...text };
}
