// What nobody may read in an error or a log: session tokens, and the tokens and payloads of calls. Hosts quote them in what
// they say of a header or a body that they do not like. So whatever a host may have said leaves the module through
// `redacted`.

/** @import { Core } from '../types/core.js' */

import { copyOf, hasText } from '../base/foreign-values.js';
import { formsOf, MARK, without } from './quotations.js';

/** More than are in use at once. */
const MOST_KEPT = 64;

/**
 * Gives what keeps secrets, and what leaves them out.
 *
 * @returns {Pick<Core, 'keep' | 'redacted'>}
 */
export function createSecrets() {
  // The forms of each, the latest last. They are made when there is a text to look through.
  /** @type {Map<string, string[] | undefined>} */
  const kept = new Map();

  /**
   * Anything but a text is no secret.
   *
   * @param {unknown[]} values
   */
  function keep(...values) {
    for (const value of values) {
      if (typeof value !== 'string') continue;
      const forms = kept.get(value);
      kept.delete(value);
      kept.set(value, forms);
      if (kept.size > MOST_KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
    }
  }

  /** @param {string} text */
  function clean(text) {
    const all = [];
    for (const [secret, known] of kept) {
      const forms = known ?? formsOf(secret);
      kept.set(secret, forms);
      all.push(...forms);
    }
    return without(text, all);
  }

  /** @param {string} text */
  const quotes = (text) => clean(text) !== text;

  /**
   * Gives a text without the secrets. Of anything else it gives the very value where nothing in it quotes one, and else a copy: of an
   * error one of the same class, without them in its message, its stack, its causes and what else it has.
   *
   * @type {Core['redacted']}
   */
  const redacted = (value) => (kept.size > 0 && hasText(value, quotes) ? copyOf(value, quotes, clean, MARK) : value);

  return { keep, redacted };
}
