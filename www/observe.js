// Looks at the package from outside: what it sends, what the service answers, what it ends with.
//
// The wrappers hand on exactly what they were given. Token values leave this file only as "…".

/**
 * @typedef {object} Entry what a handset tells the diagram
 * @property {string} what the kind of thing that happened; one of a lane's own has a text `diagram.<what>`
 * @property {'out' | 'in'} [flow] to the service or from it; without it something of the lane's own
 * @property {string} [name] what goes over the wire is called by its own name
 * @property {[key: string, values?: Record<string, string | number>]} [label] the text that is shown in place of the name, and its values
 * @property {string} [detail]
 * @property {string} [body]
 * @property {number} [errCode]
 */

/** Fields whose values let somebody in. */
const SECRET = /(token|credential|signature|ticket)$/i;

/**
 * A `fetch` that reports each request and its answer.
 * @param {(entry: Entry) => void} report
 * @param {typeof fetch} [send]
 * @returns {(input: string, init?: { method?: string, headers?: Record<string, string>, body?: string }) => Promise<Response>}
 */
export function observedFetch(report, send = fetch) {
  return async (input, init) => {
    const { pathname } = new URL(input);
    const { method = 'GET', body } = init ?? {};
    // A page that asks again and again whether its call is still on in another one.
    if (method === 'GET') return send.call(globalThis, input, init);
    const name = `${method} ${withoutRoom(pathname)}`;
    report({ what: 'sent', flow: 'out', name, detail: `${method} ${pathname}`, body: readable(body) });
    try {
      const response = await send.call(globalThis, input, init);
      const text = await response.clone().text();
      report({
        what: 'answered',
        flow: 'in',
        name: String(response.status),
        detail: `HTTP ${response.status}`,
        body: readable(text),
      });
      return response;
    } catch (error) {
      report({ what: 'unanswered', detail: String(error) });
      throw error;
    }
  };
}

/**
 * A `WebSocket` that reports what goes over it.
 * @param {(entry: Entry) => void} report
 * @returns {import('wmpf-voip').WebSocketLike}
 */
export function observedWebSocket(report) {
  return class extends WebSocket {
    /**
     * @param {string} url
     * @param {string[]} protocols
     */
    constructor(url, protocols) {
      super(url, protocols);
      const { pathname } = new URL(url);
      /** @type {Entry['label']} */
      const label = [`diagram.socket.${pathname.endsWith('/socket') ? 'call' : 'reminders'}`];
      this.addEventListener('open', () =>
        report({ what: 'connected', flow: 'out', name: 'WebSocket', label, detail: pathname }),
      );
      this.addEventListener('message', ({ data }) => {
        const heard = heardMessage(data);
        if (heard) report({ ...heard, flow: 'in', body: readable(data) });
      });
      this.addEventListener('close', ({ code }) =>
        report({
          what: 'closed',
          flow: 'in',
          name: `closed ${code}`,
          label: ['diagram.closed', { code }],
          detail: pathname,
        }),
      );
    }

    /** @param {string} data */
    send(data) {
      super.send(data);
      const { type } = parsed(data) ?? {};
      report({
        what: type === 'relay' ? 'relayed' : 'signalled',
        flow: 'out',
        name: type ?? 'message',
        body: readable(data),
      });
    }
  };
}

/**
 * What a message of the service is. Events are reported as the package tells them, and that the connection lives is no
 * news.
 *
 * @param {string} data
 * @returns {Entry | undefined}
 */
function heardMessage(data) {
  const message = parsed(data) ?? {};
  switch (message.type) {
    case 'event':
    case 'heartbeat':
      return undefined;
    case 'reminder':
      return { what: 'reminded', name: 'reminder', detail: `${message.callerName} · ${message.roomType}` };
    case 'reply':
      return { what: 'replied', name: message.reply };
    case 'relay':
      return { what: 'relayed', name: 'relay' };
    case 'peer':
      return { what: 'told', name: 'peer', label: [message.connected ? 'diagram.peer.there' : 'diagram.peer.away'] };
    default:
      return { what: 'told', name: message.type ?? 'message' };
  }
}

/**
 * The plugin object with an `initByCaller` that tells how it ended and is otherwise the same.
 * @param {import('wmpf-voip').WmpfVoip} plugin
 * @param {(outcome: import('./result.js').Outcome) => void} onEnd
 * @returns {import('wmpf-voip').WmpfVoip}
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

/** Events that no message of the service brings: the module makes them at this end. */
const OWN_EVENTS = new Set(['calling', 'callPageOnShow', 'showCustomBox', 'hideCustomBox', 'bindContact']);

/**
 * Reports what `onVoipEvent` tells.
 * @param {{ onVoipEvent(listener: (event: import('wmpf-voip').VoipEvent) => void): void }} plugin
 * @param {(entry: Entry) => void} report
 */
export function observedEvents(plugin, report) {
  plugin.onVoipEvent((event) => {
    const { eventName: name, roomId } = event;
    const flow = OWN_EVENTS.has(name) ? undefined : 'in';
    report({ what: 'event', flow, name, detail: roomId, body: JSON.stringify(event, null, 2) });
  });
}

/** A room's id is longer than an arrow. @param {string} pathname */
function withoutRoom(pathname) {
  return pathname.replace(/^(\/v1\/calls\/)[^/]+/, '$1…');
}

/**
 * JSON with line breaks and without the values of its tokens; what is no JSON stays as it is.
 * @param {string | undefined} text
 */
export function readable(text) {
  const value = parsed(text);
  if (value === undefined) return text || undefined;
  /** @type {(key: string, inner: any) => unknown} */
  const shown = (key, inner) => {
    if (SECRET.test(key) && inner) return '…';
    // What the two media say to each other is JSON in a string.
    return key === 'payload' ? (parsed(inner) ?? inner) : inner;
  };
  return JSON.stringify(value, shown, 2);
}

/** @param {string | undefined} text */
function parsed(text) {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
