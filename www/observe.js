// Looks at the package from outside: what it sends, what the service answers, what it ends with.
//
// Both wrappers hand on exactly what they were given. Token values leave this file only as "…".

/** @typedef {{ what: string, detail?: string, body?: string, errCode?: number }} Entry an entry of the timeline */

/**
 * A `fetch` that reports each request and its answer.
 * @param {(entry: Entry) => void} report
 * @param {typeof fetch} [send]
 * @returns {typeof fetch}
 */
export function observedFetch(report, send = fetch) {
  return async (input, init) => {
    const { pathname } = new URL(input);
    report({ what: 'sent', detail: `${init.method} ${pathname}`, body: withoutTokens(init.body) });
    try {
      const response = await send.call(globalThis, input, init);
      const body = await response.clone().text();
      report({ what: 'answered', detail: `HTTP ${response.status}`, body: indented(body) });
      return response;
    } catch (error) {
      report({ what: 'unanswered', detail: String(error) });
      throw error;
    }
  };
}

/**
 * The plugin object with an `initByCaller` that tells how it ended and is otherwise the same.
 * @param {object} plugin
 * @param {(outcome: { request: object, result?: object, error?: unknown }) => void} onEnd
 */
export function observedPlugin(plugin, onEnd) {
  return {
    ...plugin,
    async initByCaller(request) {
      let result;
      try {
        result = await plugin.initByCaller(request);
      } catch (error) {
        onEnd({ request, error });
        throw error;
      }
      onEnd({ request, result });
      return result;
    },
  };
}

/** A body with line breaks and without the values of its tokens. @param {string} body */
function withoutTokens(body) {
  return indented(body, (key, value) => (/token$/i.test(key) ? '…' : value));
}

/**
 * JSON with line breaks; what is no JSON stays as it is.
 * @param {string} text
 * @param {(key: string, value: unknown) => unknown} [replace]
 */
function indented(text, replace) {
  try {
    return JSON.stringify(JSON.parse(text), replace, 2);
  } catch {
    return text;
  }
}
