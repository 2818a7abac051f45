// Which language is shown, and how texts, times and durations are written in it.
//
// The language is that of `?lang=`, or else the browser's. Nothing is stored.

import { EN } from './texts-en.js';
import { ZH } from './texts-zh.js';

/** @typedef {keyof typeof EN} Key */
/** @typedef {'en' | 'zh'} Language */

/** @type {Record<Language, Record<Key, string>>} */
const TEXTS = { en: EN, zh: ZH };
const LOCALES = { en: navigator.language.startsWith('en') ? navigator.language : 'en', zh: 'zh-CN' };

let current = initialLanguage();

/** @returns {Language} */
function initialLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'en' || asked === 'zh') return asked;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const language = () => current;

/**
 * Changes the language, also for when the page is loaded again.
 * @param {Language} chosen
 */
export function setLanguage(chosen) {
  current = chosen;
  history.replaceState(history.state, '', `?lang=${chosen}${location.hash}`);
}

/**
 * A text, with `{name}` replaced by the value of that name.
 * @param {Key} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return TEXTS[current][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * A text whose key is made of a word of the service; the word itself if there is no text for it, as of a newer service.
 * @param {string} group such as `ending`
 * @param {string} word
 */
export function word(group, word) {
  const key = `${group}.${word}`;
  return key in EN ? t(/** @type {Key} */ (key)) : word;
}

/**
 * A time to the second, in the browser's time zone.
 * @param {number} ms since the Unix epoch
 */
export const time = (ms) => formatted(ms, { month: 'short', day: 'numeric', ...CLOCK });

/**
 * The same with its year and the time zone.
 * @param {number} ms since the Unix epoch
 */
export const wholeTime = (ms) =>
  formatted(ms, { year: 'numeric', month: 'short', day: 'numeric', ...CLOCK, timeZoneName: 'short' });

/** @param {number} ms since the Unix epoch */
export const clock = (ms) => formatted(ms, CLOCK);

/**
 * To the millisecond.
 * @param {number} ms since the Unix epoch
 */
export const preciseClock = (ms) => formatted(ms, { ...CLOCK, fractionalSecondDigits: 3 });

/** @param {number} ms since the Unix epoch */
export const day = (ms) => formatted(ms, { year: 'numeric', month: 'short', day: 'numeric' });

/** @type {Intl.DateTimeFormatOptions} */
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };

/**
 * @param {number} ms
 * @param {Intl.DateTimeFormatOptions} options
 */
const formatted = (ms, options) => new Intl.DateTimeFormat(LOCALES[current], options).format(ms);

/**
 * Minutes and seconds, with hours where there are any.
 * @param {number} seconds
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ part) => String(part).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** @param {number} count */
export const number = (count) => new Intl.NumberFormat(LOCALES[current]).format(count);
