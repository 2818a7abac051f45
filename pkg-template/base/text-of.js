/**
 * The text of a foreign error.
 *
 * @param {any} error it may be anything
 * @returns {string}
 */
export function textOf(error) {
  try {
    return String(error?.errMsg ?? error?.message ?? error);
  } catch {
    return 'it gave no reason';
  }
}
