// The gallery of errors: for each code a request that really ends in it.
//
// The service says which requests its demo data refuses and why; what the module finds by itself is
// listed here. They run one after the other, because a configuration belongs to the whole module, in
// the page's own copy of the package, so that the handsets' configurations are left alone.

import wmpfVoip, { configure } from 'wmpf-voip';
import { byId, element } from './dom.js';
import { explained, foldedExplanationOf } from './explanation.js';
import { language, onLanguage, t } from './i18n.js';
import { observedFetch } from './observe.js';
import { ENDPOINT } from './service.js';
import { addEntry } from './timeline.js';

/** Browsers refuse this port (discard) themselves, so nothing can ever answer there. */
const CLOSED_ENDPOINT = 'http://127.0.0.1:9';

/**
 * @typedef {object} Case
 * @property {number} errCode what is expected
 * @property {string} token
 * @property {object} request
 * @property {() => string} title
 * @property {string} [endpoint]
 * @property {typeof fetch} [fetch]
 */

/** @param {import('./service.js').Demo} demo */
export function showGallery({ gallery, handsets }) {
  const cases = [
    ...gallery.map(({ title, ...entry }) => ({ ...entry, title: () => title[language()] })),
    ...pluginCases(handsets),
  ];
  const rows = cases.map(createRow);
  byId('gallery-rows').replaceChildren(...rows.map((row) => row.node));

  const all = byId('produce-all');
  all.disabled = false;
  all.addEventListener('click', async () => {
    all.disabled = true;
    await Promise.all(rows.map((row) => row.produce(false)));
    all.disabled = false;
  });

  const summary = () => {
    const ok = rows.filter((row) => row.state() === 'ok').length;
    const tried = rows.some((row) => row.state() !== 'idle');
    byId('gallery-summary').textContent = tried
      ? t('gallery.summary', { ok, total: rows.length })
      : '';
  };
  for (const row of rows) row.onState(summary);
  onLanguage(() => {
    for (const row of rows) row.render();
    summary();
  });
}

/** @returns {Case[]} */
function pluginCases({ device, phone }) {
  const request = {
    caller: { id: device.id },
    listener: { id: phone.id },
    roomType: 'voice',
    businessType: 1,
    miniprogramState: 'developer',
  };
  const plugin = (errCode, token, changes) => ({
    errCode,
    token,
    request,
    title: () => t(`gallery.${errCode}`),
    ...changes,
  });
  return [
    plugin(1001, phone.token, {
      request: {
        ...request,
        caller: { id: phone.id },
        listener: { id: device.id },
        businessType: 2,
      },
    }),
    plugin(1002, device.token, { endpoint: CLOSED_ENDPOINT }),
    plugin(1003, device.token, {
      fetch: async () =>
        new Response('<!doctype html><title>Log in</title>', {
          headers: { 'content-type': 'text/html' },
        }),
    }),
    plugin(1004, device.token, {
      request: { ...request, roomType: 'phone', caller: { id: device.id, cameraStatus: '0' } },
    }),
  ];
}

/** The end of the line: each call waits for the one before it. */
let line = Promise.resolve();

/**
 * @param {Case} kase
 * @returns {Promise<{ errCode?: number, errMsg: string }>}
 */
function run({ token, request, endpoint = ENDPOINT, fetch }) {
  const report = (entry) => addEntry({ who: 'gallery', at: Date.now(), ...entry });
  const call = async () => {
    let outcome;
    try {
      configure({ endpoint, token, fetch: observedFetch(report, fetch) });
      outcome = await wmpfVoip.initByCaller(request);
    } catch (error) {
      outcome = error;
    }
    const { errCode, errMsg = outcome.roomId ?? String(outcome) } = outcome;
    report(
      outcome.isSuccess
        ? { what: 'succeeded', detail: errMsg }
        : { what: 'failed', errCode, detail: errMsg },
    );
    return { errCode, errMsg };
  };
  const mine = line.then(call);
  line = mine;
  return mine;
}

/** @param {Case} kase */
function createRow(kase) {
  let state = 'idle';
  let outcome;
  let unfolded = false;
  let onState = () => {};
  const title = element('p', { class: 'row__title' });
  const name = element('code');
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
    element('p', { class: 'row__foot' }, name, mark),
    answer,
  );

  function render() {
    node.dataset.state = state;
    title.textContent = kase.title();
    name.textContent = explained(kase.errCode)?.name ?? '';
    mark.textContent = t(`gallery.${state}`);
    button.textContent = t('gallery.produce');
    button.setAttribute(
      'aria-label',
      t('gallery.produce.label', { code: kase.errCode, title: kase.title() }),
    );
    answer.replaceChildren();
    if (!outcome) return;
    answer.append(
      element(
        'p',
        { class: 'row__got' },
        `${t('gallery.got')} `,
        element('strong', { text: outcome.errCode ?? '' }),
        ` ${outcome.errMsg}`,
      ),
      foldedExplanationOf(outcome.errCode, unfolded) ?? '',
    );
  }

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
    onState(listener) {
      onState = listener;
    },
  };
}
