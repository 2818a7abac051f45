// What an object holds at a time: a request when the call is made, for as long as the wasm that reads it is not there, and an
// answer when it has come.

import { MAX_OPENIDS } from '../generated/contract.js';

/** @typedef {<Said>(said: Said) => Said} Clean */
/** @typedef {Record<string | number, unknown>} Taken */

/**
 * Reads each of these properties once, in this order. What is no object stays what it is, and a getter that throws throws
 * again when the wasm reads it, without the secrets that it quotes: `clean` leaves them out.
 *
 * @param {unknown} value
 * @param {string[]} paths
 * @param {Clean} clean
 * @returns {unknown}
 */
export function snapshot(value, paths, clean, prefix = '') {
  if (!isObject(value)) return value;
  /** @type {Taken} */
  const taken = {};
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    const [name, isList] = path.slice(prefix.length).split('[]');
    if (name.includes('.')) continue;
    const read = () =>
      isList === undefined ? snapshot(value[name], paths, clean, `${path}.`) : itemsOf(value[name], clean);
    take(taken, name, read, clean);
  }
  return taken;
}

/**
 * Of a list that is too long the length is enough.
 *
 * @param {unknown} list
 * @param {Clean} clean
 */
function itemsOf(list, clean) {
  if (!Array.isArray(list)) return list;
  /** @type {unknown[]} */
  const taken = [];
  const { length } = list;
  for (let i = 0; i < length && length <= MAX_OPENIDS; i++) take(taken, i, () => list[i], clean);
  taken.length = length;
  return taken;
}

/**
 * @param {Taken | unknown[]} taken
 * @param {string | number} name
 * @param {() => unknown} read
 * @param {Clean} clean
 */
function take(taken, name, read, clean) {
  try {
    /** @type {Taken} */ (taken)[name] = read();
  } catch (error) {
    Object.defineProperty(taken, name, {
      get() {
        throw clean(error);
      },
    });
  }
}

/**
 * @param {unknown} value
 * @returns {value is Taken}
 */
function isObject(value) {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    // A revoked proxy, which the wasm describes.
    return false;
  }
}
