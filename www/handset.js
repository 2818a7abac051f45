// One handset: its form, its call page, and the connection that makes it ring.
//
// Call runs the documented sample code with the form's values. Around it stand the platform's two
// functions (wx-shim.js) and an observer that shows how initByCaller ended.

import wmpfVoip, { configure } from 'wmpf-voip';
import { byId, element } from './dom.js';
import { createForm } from './form.js';
import { onLanguage, t, translate } from './i18n.js';
import { observedFetch, observedPlugin, observedWebSocket } from './observe.js';
import { listen } from './reminders.js';
import { report } from './report.js';
import { showOutcome } from './result.js';
import { initial, ring, silence } from './ringing.js';
import { runSample, sampleParts } from './sample.js';
import { ENDPOINT, loadDemo, NoDemo } from './service.js';
import { createRequirePlugin, createWx } from './wx-shim.js';

const role = new URLSearchParams(location.search).get('role') === 'phone' ? 'phone' : 'device';

/** The last call: what the call page shows. @type {{ request: object, result?: object } | undefined} */
let lastCall;
let calling = false;
/** @type {'connecting' | 'open' | 'closed'} */
let connection = 'connecting';

const plugin = observedPlugin(wmpfVoip, (outcome) => {
  lastCall = outcome;
  showOutcome(outcome);
  const { result, error } = outcome;
  if (result?.isSuccess) {
    report({ what: 'succeeded', body: JSON.stringify(result, null, 2) });
    return;
  }
  const { errCode, errMsg } = result ?? error;
  report({ what: 'failed', errCode, detail: errMsg ?? String(error) });
});

const wx = createWx({
  openPage(url) {
    report({ what: 'opened', detail: url });
    showCallPage(true);
  },
  onToast: (title) => report({ what: 'toast', detail: title }),
});

async function start() {
  const { handsets } = await loadDemo();
  const self = handsets[role];
  byId('identity').replaceChildren(
    element('span', { text: self.name }),
    element('span', { text: self.id }),
  );
  configure({ endpoint: ENDPOINT, token: self.token, fetch: observedFetch(report) });

  const form = createForm(byId('fields'), defaults(handsets), showCode);
  byId('request').hidden = false;
  byId('request').addEventListener('submit', (event) => {
    event.preventDefault();
    call(form.request());
  });
  byId('reset').addEventListener('click', () => {
    form.reset();
    showOutcome(undefined);
  });
  byId('leave').addEventListener('click', () => showCallPage(false));
  byId('call').disabled = false;

  listen(self.token, observedWebSocket(report), { onReminder: ring, onCancelled: silence, onState: showConnection });
}

async function call(request) {
  if (calling) return;
  calling = true;
  showOutcome(undefined);
  showTexts();
  try {
    await runSample(request, createRequirePlugin(plugin), wx);
  } finally {
    calling = false;
    showTexts();
  }
}

/** @returns {Record<string, string>} the form's defaults: a call to the other handset that succeeds */
function defaults({ device, phone }) {
  const [caller, listener] = role === 'device' ? [device, phone] : [phone, device];
  return {
    'caller.id': caller.id,
    'caller.name': caller.name,
    'caller.cameraStatus': '0',
    'listener.id': listener.id,
    'listener.name': listener.name,
    'listener.cameraStatus': '0',
    roomType: 'video',
    businessType: role === 'device' ? '1' : '2',
    voipToken: (role === 'device' ? device.deviceToken : device.pushToken) ?? '',
    miniprogramState: 'developer',
    customQuery: 'a=1&b=2',
    timeLimit: '600',
  };
}

function showCode(request, tokenShown) {
  byId('code').replaceChildren(
    ...sampleParts(request).map(({ text, secret }) =>
      element('span', { class: secret && !tokenShown ? 'covered' : undefined, text }),
    ),
  );
}

function showCallPage(open) {
  byId('form-page').hidden = open;
  byId('outgoing').hidden = !open;
  byId('call').hidden = open;
  byId('leave').hidden = !open;
  if (!open) {
    showOutcome(undefined);
    byId('call').focus();
    return;
  }
  if (document.hasFocus()) byId('leave').focus();
  const { request, result } = lastCall;
  const { id, name } = request.listener;
  // A device's name is the service's to say, whatever the caller passed; here only its SN is known.
  const shownName = request.businessType === 2 ? id : name || id;
  byId('outgoing-avatar').textContent = initial(shownName);
  byId('outgoing-name').textContent = shownName;
  byId('outgoing-room').textContent = result.roomId;
  showTexts();
}

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
  if (lastCall?.result?.isSuccess)
    byId('outgoing-state').textContent = t(`outgoing.${lastCall.request.roomType}`);
}

onLanguage(showTexts);
start().catch((error) => {
  if (!(error instanceof NoDemo)) throw error;
  byId('notice').hidden = false;
  onLanguage(() => (byId('notice').textContent = t(error.textKey)));
});
