// The call page of a handset: what one view of a call looks like.

import { streamPlayer } from 'wmpf-voip/webrtc';
import { all, byId, element } from './dom.js';
import { endingOf } from './ending.js';
import { t } from './i18n.js';
import { settle } from './settling.js';
import { testPicture } from './setting.js';
import { lackingKinds } from './test-picture.js';

/** The buttons of each state, in their order. What ends a call is always the first: it never comes where Answer was. */
const BUTTONS = /** @type {Record<CallView['state'], string[]>} */ ({
  idle: ['close'],
  outgoing: ['hangUp', 'mute', 'camera'],
  incoming: ['hangUp', 'silence', 'answer'],
  joining: ['hangUp', 'mute', 'camera'],
  connected: ['hangUp', 'mute', 'camera', 'switchCamera'],
  ended: ['continueHere', 'testPicture', 'close'],
});

/** @typedef {import('wmpf-voip').CallView} CallView */

/**
 * @typedef {object} About
 * @property {'device' | 'phone'} other what the other side is
 * @property {string} path
 * @property {import('wmpf-voip').Reminder} [reminder]
 * @property {boolean} silenced
 * @property {number} waiting how many other calls ring
 * @property {Record<string, () => void>} actions what each button does
 */

/** @type {About['actions']} */
let actions = {};
/** @type {CallView['state'] | undefined} */
let shownState;
/** Shows the last view again. */
let showAgain = () => {};
const player = streamPlayer({ onBlocked: () => showAgain() });
/** Where the two streams are shown. */
const ELEMENTS = {
  local: /** @type {HTMLVideoElement} */ (byId('own')),
  remote: /** @type {HTMLVideoElement} */ (byId('remote')),
};
/** The code of a device that the user or the system does not let be used. */
const NOT_ALLOWED = 2102;
/** The buttons that are shown, as a text. */
let shownButtons = '';
/** How many cameras there are; the browser tells once one may be used. */
let cameras = 0;

/**
 * @param {CallView | undefined} view nothing takes the page away
 * @param {About} [about] there with a view
 */
export function showCallPage(view, about) {
  const page = byId('call-page');
  const state = view?.state;
  const isNew = state !== shownState;
  shownState = state;
  page.hidden = view === undefined;
  byId('screen').inert = view !== undefined;
  if (view === undefined || about === undefined) {
    showAgain = () => {};
    player.show({}, ELEMENTS);
    byId('announcement').textContent = '';
    shownButtons = '';
    return;
  }
  actions = about.actions;
  showAgain = () => showWords(view, about);
  page.dataset.state = state;
  page.dataset.roomType = view.roomType;
  showPictures(view);
  showParty(view);
  showWords(view, about);
  showQuery(state === 'incoming' ? about.path : undefined);
  showButtons(view, about);
  keepFocus(page);
  if (!isNew) return;
  if (state === 'connected') countCameras();
  byId('announcement').textContent = state === 'incoming' ? t('incoming.announce', { name: view.name }) : '';
}

/**
 * The keyboard goes to the page itself where the focus was on nothing of it, as at first, or on a button that is gone: a
 * key that is pressed again then presses nothing, and Tab leads to the buttons. Only where the user already is:
 * a call must not take the keyboard from the other handset.
 *
 * @param {HTMLElement} page
 */
function keepFocus(page) {
  const { activeElement } = document;
  const isKept = page.contains(activeElement) && !activeElement?.closest('[hidden]');
  if (document.hasFocus() && !isKept) page.focus({ preventScroll: true });
}

/** @param {CallView} view */
function showParty({ name }) {
  byId('call-avatar').textContent = Array.from(name)[0] ?? '?';
  byId('call-name').textContent = name || t('call.unnamed');
}

/**
 * @param {CallView} view
 * @param {About} about
 */
function showWords(view, { other, reminder, waiting }) {
  const ending = view.state === 'ended' ? endingOf(view) : undefined;
  const notes = [];
  if (ending?.advice) notes.push(ending.advice);
  if (ending && view.startedAt !== undefined) {
    notes.push(t('ended.talked', { time: duration(view.keepTime) }));
  }
  if (view.state === 'incoming' && reminder) {
    const seconds = Math.max(0, Math.ceil((reminder.ringsUntil - Date.now()) / 1000));
    notes.push(t('incoming.seconds', { seconds }));
  }
  if (other === 'device' && ['incoming', 'outgoing'].includes(view.state)) notes.push(t('call.deviceName'));
  if (isOn(view) && !view.online) notes.push(t('call.offline'));
  if (view.state === 'connected' && view.media !== 'connected') {
    notes.push(t(`media.${view.media ?? 'connecting'}`));
  }
  if (showsNoCamera(view)) notes.push(t('media.otherCamera', { who: view.name || t('call.unnamed') }));
  if (view.cameraProblem) notes.push(t(`media.camera${view.cameraProblem.errCode === NOT_ALLOWED ? '.refused' : ''}`));
  if (view.microphoneProblem) notes.push(t('media.microphone'));
  const lacking = lackingKinds(view.localStream);
  if (lacking.length > 0) notes.push(t(`media.lacking.${lacking.join('.')}`));
  if (player.isBlocked) notes.push(t('media.tap'));
  if (waiting > 0) notes.push(t('incoming.waiting', { count: waiting }));
  setText(byId('call-status'), ending?.sentence ?? statusOf(view));
  setText(byId('call-note'), notes.join(' · '));
}

/**
 * The media leaves the picture out of a stream while the other side's camera is off.
 *
 * @param {CallView} view
 */
const showsNoCamera = ({ state, roomType, media, remoteStream }) =>
  state === 'connected' && roomType === 'video' && media === 'connected' && remoteStream && !hasPicture(remoteStream);

/** @param {CallView} view */
const isOn = ({ state }) => state !== 'ended';

/** @param {CallView} view */
function statusOf({ state, roomType, keepTime }) {
  if (state === 'connected') return duration(keepTime);
  return t(`call.${state}${roomType && state !== 'idle' && state !== 'joining' ? `.${roomType}` : ''}`);
}

/** @param {number} seconds */
function duration(seconds) {
  /** @param {number} number */
  const padded = (number) => String(number).padStart(2, '0');
  return `${padded(Math.floor(seconds / 60))}:${padded(seconds % 60)}`;
}

/** What a listener's page was opened with. @param {string | undefined} path */
function showQuery(path) {
  const table = byId('call-query');
  table.hidden = path === undefined;
  if (path === undefined || table.dataset.path === path) return;
  table.dataset.path = path;
  const [page, query = ''] = path.split('?');
  byId('call-path').textContent = page;
  byId('call-parameters').replaceChildren(
    ...Array.from(new URLSearchParams(query), ([name, value]) =>
      element('tr', {}, element('th', { scope: 'row', text: name }), element('td', { text: value })),
    ),
  );
}

/** @param {CallView} view */
function showPictures({ state, camera, localStream, remoteStream }) {
  const shown = {
    localStream: camera ? localStream : undefined,
    remoteStream: state === 'connected' ? remoteStream : undefined,
  };
  player.show(shown, ELEMENTS);
  // A stream without a picture is heard all the same.
  ELEMENTS.local.classList.toggle('visually-hidden', !hasPicture(shown.localStream));
  ELEMENTS.remote.classList.toggle('visually-hidden', !hasPicture(shown.remoteStream));
  byId('call-page').classList.toggle('call-page_pictured', hasPicture(shown.remoteStream));
}

/** @param {MediaStream | undefined} stream */
const hasPicture = (stream) => (stream?.getVideoTracks().length ?? 0) > 0;

/**
 * @param {CallView} view
 * @param {About} about
 */
function showButtons(view, { silenced }) {
  const { state, roomType, muted, camera } = view;
  /** @param {string} action */
  const isShown = (action) =>
    BUTTONS[state].includes(action) &&
    (action !== 'camera' || roomType === 'video') &&
    (action !== 'switchCamera' || (roomType === 'video' && camera && cameras > 1)) &&
    (action !== 'silence' || !silenced) &&
    (action !== 'continueHere' || view.canContinue === true) &&
    (action !== 'testPicture' || (endingOf(view).lacksDevices && !testPicture.isOn()));
  const buttons = [...all('#call-page [data-action]')];
  for (const button of buttons) {
    const { action = '' } = button.dataset;
    button.hidden = !isShown(action);
    // The label says what the button does next, so it is not a pressed one for those who do not see it.
    if (action === 'mute') button.dataset.off = String(muted);
    if (action === 'camera') button.dataset.off = String(!camera);
    setText(button.querySelector('span'), t(labelOf(action, view)));
  }
  const shown = buttons.filter(({ hidden }) => !hidden);
  const names = shown.map(({ dataset }) => dataset.action).join();
  if (names !== shownButtons) settle(shown);
  shownButtons = names;
}

/**
 * @param {string} action
 * @param {CallView} view
 */
function labelOf(action, { state, muted, camera }) {
  switch (action) {
    case 'hangUp':
      if (state === 'incoming') return 'action.decline';
      return state === 'connected' ? 'action.hangUp' : 'action.cancel';
    case 'mute':
      return muted ? 'action.unmute' : 'action.mute';
    case 'camera':
      return camera ? 'action.cameraOff' : 'action.cameraOn';
    default:
      return `action.${action}`;
  }
}

async function countCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  cameras = devices.filter(({ kind }) => kind === 'videoinput').length;
}

/**
 * A text that stays is not announced again.
 *
 * @param {Element | null} node
 * @param {string} text
 */
function setText(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

addEventListener('focus', () => {
  if (shownButtons) keepFocus(byId('call-page'));
});
// A browser may have refused to play before its user touched the page.
byId('call-page').addEventListener('click', player.resume);
for (const button of all('#call-page [data-action]')) {
  button.addEventListener('click', () => actions[button.dataset.action ?? '']());
}
