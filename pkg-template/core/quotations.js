// Where a text quotes a secret: whole or in part, as it is or encoded.

/** What stands in the place of a secret. */
export const MARK = '***';

/**
 * So many characters of a secret give it away: hosts cut off what is long. A shorter text is no secret but a test's, and a part
 * of ordinary words.
 */
const TELLING = 12;

/** Its parts are looked for at every fourth place; a text so long that there would be more of them has only so many. */
const STEP = 4;
const MOST_PARTS = 256;

/**
 * The forms in which a secret is looked for: in JSON, and in JSON that is text of another; in an address; in base64.
 *
 * @param {string} secret
 * @returns {string[]}
 */
export function formsOf(secret) {
  if (secret.length < TELLING) return [];
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inUrl = encodeURIComponent(secret.replace(/[\ud800-\udfff]/gu, '\ufffd'));
  const bytes = inUrl.replace(/%(..)/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
  const forms = [
    secret,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    inUrl,
    inUrl.replace(/%../g, (code) => code.toLowerCase()),
  ];
  // By how many bytes of something else come before it: its first whole character begins so many bits later.
  for (const bits of [0, 4, 2]) {
    const encoded = base64(bytes, bits);
    forms.push(encoded, encoded.replace(/\+/g, '-').replace(/\//g, '_'));
  }
  return Array.from(new Set(forms)).filter(({ length }) => length >= TELLING);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Mini-programs have no btoa.
 *
 * @param {string} bytes
 * @param {number} firstBit
 */
function base64(bytes, firstBit) {
  let text = '';
  for (let bit = firstBit; bit + 6 <= bytes.length * 8; bit += 6) {
    const at = bit >> 3;
    const two = (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
    text += ALPHABET[(two >> (10 - (bit & 7))) & 63];
  }
  return text;
}

/** @typedef {[from: number, to: number]} Place of a quotation in a text */

/**
 * Gives the text with a mark in the place of everything that is quoted of these forms.
 *
 * @param {string} text
 * @param {string[]} forms
 */
export function without(text, forms) {
  /** @type {Place[]} */
  const places = [];
  for (const form of forms) collect(text, form, places);
  let clean = '';
  let last = 0;
  for (const [from, to] of places.sort(([one], [other]) => one - other)) {
    // What overlaps is one quotation.
    if (from > last || last === 0) clean += text.slice(last, from) + MARK;
    last = Math.max(last, to);
  }
  return clean + text.slice(last);
}

/**
 * @param {string} text
 * @param {string} form
 * @param {Place[]} places
 */
function collect(text, form, places) {
  const end = form.length - TELLING;
  const step = Math.max(STEP, Math.ceil(form.length / MOST_PARTS));
  for (let start = 0; start <= end; start = start < end ? Math.min(start + step, end) : end + 1) {
    const part = form.slice(start, start + TELLING);
    for (let at = text.indexOf(part); at >= 0; ) {
      const place = around(text, at, form, start);
      places.push(place);
      at = text.indexOf(part, place[1]);
    }
  }
}

/**
 * From where to where the two texts are the same, around a place where they are.
 *
 * @param {string} text
 * @param {number} at
 * @param {string} form
 * @param {number} start
 * @returns {Place}
 */
function around(text, at, form, start) {
  const ahead = start - at;
  let from = at;
  while (from + ahead > 0 && text[from - 1] === form[from + ahead - 1]) from -= 1;
  let to = at + 1;
  while (to + ahead < form.length && text[to] === form[to + ahead]) to += 1;
  return [from, to];
}
