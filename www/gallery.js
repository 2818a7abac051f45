// The gallery of errors: for each code a request that really ends in it.
//
// The service says which requests its demo data refuses and why; what the module finds by itself is
// listed here. They run one after the other, because a configuration belongs to the whole module, in
// the page's own copy of the package, so that the handsets' configurations are left alone.

import wmpfVoip, { configure } from 'wmpf-voip';
import { byId, element } from './dom.js';
import { explained, foldedExplanationOf, problemsOf, reasonOf } from './explanation.js';
import { language, onLanguage, t } from './i18n.js';
import { observedFetch } from './observe.js';
import { ENDPOINT } from './service.js';
import { addEntry } from './diagram.js';

/** Nothing listens there, and it is none of the ports that browsers refuse to ask. */
const CLOSED_ENDPOINT = 'http://127.0.0.1:2';

/**
 * @typedef {object} Case
 * @property {number} errCode what is expected
 * @property {string} token
 * @property {any} request it may be wrong
 * @property {() => string} title
 * @property {string} [path] where the service takes the request, if that is not what initByCaller does
 * @property {object} [options] what configure is given besides
 * @property {typeof fetch} [fetch]
 * @property {(call: Call) => Promise<object | void>} [play] how the call is made, if not simply so
 */

/** @typedef {(callOptions?: import('wmpf-voip').CallOptions) => Promise<object>} Call */

/** @param {import('./service.js').Demo} demo */
export function showGallery({ gallery, others }) {
  const cases = [
    ...gallery.map(({ title, ...entry }) => ({ ...entry, title: () => title[language()] })),
    ...pluginCases(others),
  ];
  const rows = cases.map(createRow);
  byId('gallery-rows').replaceChildren(...rows.map((row) => row.node));

  const all = /** @type {HTMLButtonElement} */ (byId('produce-all'));
  all.disabled = false;
  all.addEventListener('click', async () => {
    all.disabled = true;
    await Promise.all(rows.map((row) => row.produce(false)));
    all.disabled = false;
  });

  const summary = () => {
    const ok = rows.filter((row) => row.state() === 'ok').length;
    const tried = rows.some((row) => row.state() !== 'idle');
    byId('gallery-summary').textContent = tried ? t('gallery.summary', { ok, total: rows.length }) : '';
  };
  for (const row of rows) row.onState(summary);
  onLanguage(() => {
    for (const row of rows) row.render();
    summary();
  });
}

/**
 * Some reach a phone before they are taken back: that of the second pair, which is not on this page.
 * @param {import('./service.js').Pair} pair
 * @returns {Case[]}
 */
function pluginCases({ device, phone }) {
  const request = {
    caller: { id: device.id },
    listener: { id: phone.id },
    roomType: 'voice',
    businessType: 1,
    voipToken: device.deviceToken,
    miniprogramState: 'developer',
  };
  const toDevice = {
    ...request,
    caller: { id: phone.id },
    listener: { id: device.id },
    businessType: 2,
    voipToken: device.pushToken,
  };
  /** @type {(errCode: number, changes: Partial<Case>) => Case} */
  const plugin = (errCode, changes) => ({
    errCode,
    token: device.token,
    request,
    title: () => t(`gallery.${errCode}`),
    ...changes,
  });
  return [
    plugin(1000, {
      request: { ...request, voipToken: '' },
      options: {
        getDeviceToken: () => Promise.reject({ errMsg: 'getDeviceToken:fail device not registered' }),
      },
    }),
    plugin(1001, { token: phone.token, request: { ...toDevice, voipToken: '' } }),
    plugin(1002, { options: { endpoint: CLOSED_ENDPOINT } }),
    plugin(1003, {
      fetch: async () =>
        new Response('<!doctype html><title>Log in</title>', {
          headers: { 'content-type': 'text/html' },
        }),
    }),
    plugin(1004, {
      request: { ...request, roomType: 'phone', caller: { id: device.id, cameraStatus: '0' } },
    }),
    plugin(1005, { play: secondCall }),
    plugin(1006, { token: phone.token, options: { role: 'phone' } }),
    plugin(1007, { request: toDevice, options: { role: 'device' } }),
    plugin(1008, { fetch: slowly, play: hangUp }),
    plugin(1011, { play: withoutWasm }),
  ];
}

/** The first one is taken back, so that nobody's phone goes on ringing. @param {Call} call */
async function secondCall(call) {
  const controller = new AbortController();
  const first = call({ signal: controller.signal });
  const second = await call().catch((error) => error);
  controller.abort();
  await first;
  return second;
}

/** The caller hangs up before the answer comes. @param {Call} call */
function hangUp(call) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException('the caller hung up', 'AbortError')), 100);
  return call({ signal: controller.signal });
}

/** Gives the answer late enough to be hung up before. @type {typeof fetch} */
async function slowly(input, init) {
  const response = await fetch(input, init);
  await new Promise((resolve) => setTimeout(resolve, 200));
  return response;
}

/** A copy of the package that is sent to a wasm that is not there. */
async function withoutWasm() {
  const copy = await import('./wmpf-voip/browser.js?without-wasm');
  return copy.init('./wmpf-voip/no-such.wasm');
}

/**
 * The end of the line: each call waits for the one before it.
 *
 * @type {Promise<unknown>}
 */
let line = Promise.resolve();

/**
 * @param {Case} kase
 * @returns {Promise<{ errCode?: number, errMsg: string, problems: import('wmpf-voip').Problem[] }>}
 */
function run({ token, request, path, options, fetch, play = (call) => call() }) {
  /** @param {import('./observe.js').Entry} entry */
  const report = (entry) => addEntry({ who: 'gallery', at: Date.now(), ...entry });
  const send = observedFetch(report, fetch);
  /** @param {import('wmpf-voip').CallOptions} [callOptions] */
  const call = (callOptions) => wmpfVoip.initByCaller(request, callOptions);
  const turn = async () => {
    /** @type {any} */ // What a call resolves with, or what it throws.
    let outcome;
    try {
      configure({ ...NO_OPTIONS, endpoint: ENDPOINT, token, fetch: send, ...options });
      outcome = await (path ? ask(send, path, token, request) : play(call));
    } catch (error) {
      outcome = error;
    }
    const { errCode, errMsg = outcome.roomId ?? String(outcome) } = outcome;
    report(outcome.isSuccess ? { what: 'succeeded', detail: errMsg } : { what: 'failed', errCode, detail: errMsg });
    return { errCode, errMsg, problems: await problemsOf(outcome, request) };
  };
  const mine = line.then(turn);
  line = mine;
  return mine;
}

/** What a case before this one may have set. */
const NO_OPTIONS = { role: undefined, getDeviceToken: undefined };

/**
 * Asks the service for something that initByCaller has no part in.
 *
 * @param {ReturnType<typeof observedFetch>} send
 * @param {string} path
 * @param {string} token
 * @param {object} body
 */
async function ask(send, path, token, body) {
  const response = await send(`${ENDPOINT}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const { errcode, errmsg, problems } = await response.json();
  return { errCode: errcode, errMsg: errmsg, problems };
}

/** @param {Case} kase */
function createRow(kase) {
  let state = 'idle';
  /** @type {Awaited<ReturnType<typeof run>> | undefined} */
  let outcome;
  let unfolded = false;
  let onState = () => {};
  const title = element('p', { class: 'row__title' });
  const name = element('code');
  const direct = element('span');
  const mark = element('span', { class: 'row__state' });
  const button = element('button', {
    type: 'button',
    class: 'weui-btn weui-btn_mini weui-btn_default',
    onclick: () => produce(true),
  });
  const answer = element('div', { class: 'row__answer', role: 'status' });
  const node = element(
    'li',
    { class: 'row', 'data-code': kase.errCode },
    element(
      'div',
      { class: 'row__head' },
      element('strong', { class: 'row__code', text: kase.errCode }),
      title,
      button,
    ),
    element('p', { class: 'row__foot' }, name, direct, mark),
    answer,
  );

  function render() {
    node.dataset.state = state;
    title.textContent = kase.title();
    name.textContent = explained(kase.errCode)?.name ?? '';
    if (kase.path) direct.textContent = t('gallery.direct', { path: kase.path });
    mark.textContent = t(`gallery.${state}`);
    button.textContent = t('gallery.produce');
    button.setAttribute('aria-label', t('gallery.produce.label', { code: kase.errCode, title: kase.title() }));
    answer.replaceChildren();
    if (!outcome) return;
    answer.append(
      element(
        'p',
        { class: 'row__got' },
        `${t('gallery.got')} `,
        element('strong', { text: outcome.errCode ?? '' }),
        ` ${reasonOf(outcome, outcome.problems)}`,
      ),
      foldedExplanationOf(outcome.errCode, unfolded) ?? '',
    );
  }

  /** @param {string} next */
  function enter(next) {
    state = next;
    render();
    onState();
  }

  /** @param {boolean} unfold whether the reader asked for this one and wants to read all of it */
  async function produce(unfold) {
    if (state === 'running') return;
    unfolded = unfold;
    outcome = undefined;
    enter('running');
    outcome = await run(kase);
    enter(outcome.errCode === kase.errCode ? 'ok' : 'mismatch');
  }

  return {
    node,
    produce,
    render,
    state: () => state,
    /** @param {() => void} listener */
    onState(listener) {
      onState = listener;
    },
  };
}
