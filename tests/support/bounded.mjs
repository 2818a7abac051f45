// Waiting that ends: no test sleeps, and none waits for ever.

/**
 * What `promise` settles with, or a rejection that names what did not happen.
 * @template T
 * @param {PromiseLike<T>} promise
 * @param {number} ms
 * @param {string} what
 * @returns {Promise<T>}
 */
export function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
