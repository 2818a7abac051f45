// The operator's API. The key is in a closure: it is in no storage, no address and no element, and gone when the page is.

/** How long an answer may take, in milliseconds: longer than the service takes to give up. */
const PATIENCE_MS = 20_000;

/** An answer that is a refusal, or none at all (status 0). */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @typedef {object} Api
 * @property {(path: string[], query?: Record<string, string | number | boolean | undefined>) => Promise<any>} get
 * @property {(path: string[], query: Record<string, string | number | boolean | undefined>) => Promise<Blob>} file what is a file, however long it takes
 * @property {(path: string[]) => Promise<void>} end deletes what is there
 */

/**
 * @param {string} key
 * @param {AbortSignal} signal what gives requests up
 * @param {(refused: Refused) => void} shutOut hears that the key does not count
 * @returns {Api}
 */
export function apiOf(key, signal, shutOut) {
  const headers = { authorization: `Bearer ${key}` };

  /**
   * @param {string} method
   * @param {string} url
   * @param {AbortSignal} signal
   */
  async function answered(method, url, signal) {
    const options = { method, headers, signal };
    const response = await fetch(url, { ...options, cache: 'no-store', credentials: 'omit', redirect: 'error' });
    if (response.ok) return response;
    const refused = new Refused(response.status, refusalOf(await response.text(), response));
    if (response.status === 401) shutOut(refused);
    throw refused;
  }

  /**
   * @param {string} method
   * @param {string} url
   */
  async function ask(method, url) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const text = await (await answered(method, url, patience)).text();
    return text ? JSON.parse(text) : undefined;
  }

  return {
    get: (path, query = {}) => ask('GET', urlOf(path, query)),
    file: async (path, query) => (await answered('GET', urlOf(path, query), signal)).blob(),
    end: (path) => ask('DELETE', urlOf(path, {})),
  };
}

/**
 * @param {string} text
 * @param {Response} response
 */
function refusalOf(text, response) {
  try {
    const { errmsg, problems = [] } = JSON.parse(text);
    /** @type {Array<{ path: string, expected: string, got: string }>} */
    const wrong = problems;
    return [errmsg, ...wrong.map(({ path, expected, got }) => `${path}: ${expected}; ${got}`)].join('\n');
  } catch {
    // Something between this page and the service has answered.
    return `HTTP ${response.status}`;
  }
}

/**
 * @param {string[]} path the parts after `/v1/admin/`, as they are
 * @param {Record<string, string | number | boolean | undefined>} query
 */
function urlOf(path, query) {
  // Browsers take these for the folder above, also when they are encoded.
  const wrong = path.find((part) => part === '' || part === '.' || part === '..');
  if (wrong !== undefined) throw new Refused(404, `“${wrong}”`);
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `/v1/admin/${path.map(encodeURIComponent).join('/')}${parameters.size ? `?${parameters}` : ''}`;
}
