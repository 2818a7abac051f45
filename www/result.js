// How the last call of a handset ended: the object that initByCaller resolved with or the error that
// it rejected with, and the explanation of its code.

import { byId, element } from './dom.js';
import { explanationOf, problemsOf, reasonOf } from './explanation.js';
import { onLanguage, t } from './i18n.js';

/** @typedef {{ request: object, result?: import('wmpf-voip').InitByCallerResult, error?: any }} Outcome `error` may be anything */

/** @type {Outcome | undefined} */
let shown;
/** What was wrong with its request. @type {import('wmpf-voip').Problem[]} */
let problems = [];

/** @param {Outcome | undefined} outcome nothing takes the panel away */
export async function showOutcome(outcome) {
  shown = outcome;
  problems = [];
  render();
  if (outcome === undefined || outcome.result?.isSuccess) return;
  const found = await problemsOf(outcome.result ?? outcome.error, outcome.request);
  if (shown !== outcome || found.length === 0) return;
  problems = found;
  render();
}

function render() {
  const panel = byId('result');
  panel.hidden = shown === undefined;
  if (shown === undefined) return panel.replaceChildren();

  const { result, error } = shown;
  const close = element('button', {
    type: 'button',
    class: 'chip result__close',
    text: '×',
    'aria-label': t('result.close'),
    onclick: () => showOutcome(undefined),
  });
  if (result?.isSuccess) {
    panel.replaceChildren(close, heading('result.success', 'weui-icon-success'), objectOf(result));
    return;
  }
  const { errCode, errMsg = String(error) } = result ?? error;
  panel.replaceChildren(
    close,
    result ? heading('result.resolved', 'weui-icon-warn') : heading('result.rejected', 'weui-icon-warn', error.name),
    element(
      'p',
      { class: 'result__error' },
      element('strong', { 'data-testid': 'error-code', text: errCode ?? '' }),
      element('span', { text: reasonOf({ errCode, errMsg }, problems) }),
    ),
    explanationIn(errCode),
    result ? element('details', {}, element('summary', { text: t('result.object') }), objectOf(result)) : '',
  );
}

/** @param {number | undefined} errCode */
function explanationIn(errCode) {
  const explanation = explanationOf(errCode);
  explanation?.setAttribute('data-testid', 'explanation');
  return explanation ?? '';
}

/**
 * @param {string} key
 * @param {string} icon
 * @param {string} [name]
 */
function heading(key, icon, name) {
  return element(
    'h2',
    { class: 'result__title' },
    element('i', { class: icon, 'aria-hidden': 'true' }),
    element('span', { text: t(key, { name: name ?? '' }) }),
  );
}

/** @param {object} result */
function objectOf(result) {
  const code = element('code', { text: JSON.stringify(result, null, 2) });
  return element('pre', { tabindex: '0' }, code);
}

onLanguage(render);
