// One handset: its form, and the calls that it places and gets.
//
// Call runs the documented sample code with the form's values. Around it stand the platform's two
// functions (wx-shim.js) and an observer that shows how initByCaller ended.

import wmpfVoip, { configure, listen } from 'wmpf-voip';
import { createCalls } from './call.js';
import { byId, element } from './dom.js';
import { createForm } from './form.js';
import { onLanguage, t, translate } from './i18n.js';
import { observedEvents, observedFetch, observedPlugin, observedWebSocket } from './observe.js';
import { report } from './report.js';
import { showOutcome } from './result.js';
import { runSample, sampleParts } from './sample.js';
import { ENDPOINT, loadDemo, NoDemo } from './service.js';
import { sound, testPicture } from './setting.js';
import { settle } from './settling.js';
import { offerTestPicture } from './test-picture.js';
import { createRequirePlugin, createWx } from './wx-shim.js';

const query = new URLSearchParams(location.search);
const role = query.get('role') === 'phone' ? 'phone' : 'device';
const otherRole = role === 'phone' ? 'device' : 'phone';
/** Of the demo's two pairs, the one that this handset belongs to and the one whose handset it calls at first. */
const pair = query.get('pair') === '2' ? 1 : 0;
const calledPair = query.has('calls') ? (query.get('calls') === '2' ? 1 : 0) : pair;

/** Not within the page that shows both handsets. */
const isAlone = parent === window;

/** The buttons of the bar, by their ids. */
const SETTINGS = { sound, 'test-picture': testPicture };

let calling = false;
/** @type {'connecting' | 'open' | 'closed' | 'expired'} */
let connection = 'connecting';

const calls = createCalls(`${role}-${pair + 1}`, otherRole, () => {
  settle([byId('call')]);
  if (document.hasFocus()) byId('call').focus();
});

const plugin = observedPlugin(wmpfVoip, (outcome) => {
  showOutcome(outcome);
  const { result, error } = outcome;
  if (result?.isSuccess) {
    report({ what: 'succeeded', body: JSON.stringify(result, null, 2) });
    return;
  }
  const { errCode, errMsg } = result ?? /** @type {{ errCode?: number, errMsg?: string }} */ (error);
  report({ what: 'failed', errCode, detail: errMsg ?? String(error) });
});

const wx = createWx({
  openPage: (url) => calls.open(url),
  onToast: (title) => report({ what: 'toast', detail: title }),
  // The sample is the document's own text, and stays in its language.
  noteOfToast: () => t('sample.toast'),
});

async function start() {
  const { handsets, others } = await loadDemo();
  const pairs = [handsets, others];
  const self = pairs[pair][role];
  offerTestPicture(self.name);
  byId('identity').replaceChildren(element('span', { text: self.name }), element('span', { text: self.id }));
  configure({
    endpoint: ENDPOINT,
    token: self.token,
    fetch: observedFetch(report),
    WebSocket: observedWebSocket(report),
  });
  observedEvents(wmpfVoip, report);

  const callable = pairs.map((each) => each[otherRole]);
  const chips = callable.map((other) =>
    element('button', {
      type: 'button',
      class: 'chip',
      text: other.name,
      onclick: () => form.reset(callTo(self, other)),
    }),
  );
  byId('callable').append(...chips);
  const form = createForm(byId('fields'), callTo(self, callable[calledPair]), (request, shown) => {
    showCode(request, shown);
    chips.forEach((chip, at) => {
      chip.setAttribute('aria-pressed', String(request.listener?.id === callable[at].id));
    });
  });
  byId('request').hidden = false;
  byId('request').addEventListener('submit', (event) => {
    event.preventDefault();
    call(form.request());
  });
  byId('reset').addEventListener('click', () => {
    form.reset();
    showOutcome(undefined);
  });
  /** @type {HTMLButtonElement} */ (byId('call')).disabled = false;

  calls.resume();
  listen({ onReminder: calls.ring, onCancelled: calls.silence, onState: showConnection });
}

/** @param {Record<string, any>} request */
async function call(request) {
  if (calling) return;
  calling = true;
  calls.place(true);
  showOutcome(undefined);
  showTexts();
  try {
    await runSample(request, createRequirePlugin(plugin), wx);
  } finally {
    calling = false;
    calls.place(false);
    showTexts();
  }
}

/** @typedef {import('./service.js').Phone & Partial<import('./service.js').Device>} Party */

/**
 * @param {Party} self of this handset's kind
 * @param {Party} other of the other kind
 * @returns {Record<string, string>} what the form says of a call that succeeds
 */
function callTo(self, other) {
  return {
    'caller.id': self.id,
    'caller.name': self.name,
    'caller.cameraStatus': '0',
    'listener.id': other.id,
    'listener.name': other.name,
    'listener.cameraStatus': '0',
    roomType: 'video',
    businessType: role === 'device' ? '1' : '2',
    voipToken: (role === 'device' ? self.deviceToken : other.pushToken) ?? '',
    miniprogramState: 'developer',
    customQuery: 'a=1&b=2',
    timeLimit: '600',
  };
}

/**
 * @param {Record<string, any>} request
 * @param {boolean} tokenShown
 */
function showCode(request, tokenShown) {
  byId('code').replaceChildren(
    ...sampleParts(request).map(({ text, secret }) =>
      element('span', { class: secret && !tokenShown ? 'covered' : undefined, text }),
    ),
  );
}

/** @param {typeof connection} state */
function showConnection(state) {
  connection = state;
  showTexts();
}

function showTexts() {
  translate();
  document.title = t(`role.${role}`);
  byId('role').textContent = t(`role.${role}`);
  byId('connection').dataset.state = connection;
  byId('connection').textContent = t(`connection.${connection}`);
  byId('call').classList.toggle('weui-btn_loading', calling);
  if (calling) byId('call').textContent = t('form.calling');
  showSettings();
  calls.refresh();
}

function showSettings() {
  for (const [id, setting] of Object.entries(SETTINGS)) {
    byId(id).setAttribute('aria-pressed', String(setting.isOn()));
    byId(id).textContent = t(`setting.${id}`);
  }
}

document.body.classList.toggle('handset_alone', isAlone);
byId('both').hidden = !isAlone;
// Browsers give camera and microphone to no such page; without this, the first call would be what tells.
byId('insecure').hidden = isSecureContext;
for (const [id, setting] of Object.entries(SETTINGS)) {
  byId(id).addEventListener('click', setting.toggle);
  setting.onChange(showSettings);
}
onLanguage(showTexts);
start().catch((error) => {
  if (!(error instanceof NoDemo)) throw error;
  byId('notice').hidden = false;
  onLanguage(() => (byId('notice').textContent = t(error.textKey)));
});
