// What is seen of a call around its pictures, which stand in the slot. It is told the state, triggers answer, reject,
// hangup, continuehere, mute, camera, switchcamera, custom and back, and decides nothing.

const { words } = require('../../words.js');

const button = (event, look, label) => ({ event, look, label });

const muteOf = (text, { muted }) =>
  muted ? button('mute', 'muted', text.muted) : button('mute', 'mic', text.notMuted);

function cameraOf(text, { roomType, camera, canToggleCamera }) {
  if (roomType !== 'video' || !canToggleCamera) return [];
  return [camera ? button('camera', 'camera-on', text.cameraOn) : button('camera', 'camera-off', text.cameraOff)];
}

function switchOf(text, { roomType, camera, canToggleCamera }) {
  if (roomType !== 'video' || !camera || !canToggleCamera) return [];
  return [button('switchcamera', 'switch', text.switchCamera)];
}

const continueOf = (text, { canContinue }) =>
  canContinue ? [button('continuehere', 'answer', text.continueHere)] : [];

const backOf = (text, { canGoBack }) => (canGoBack ? [button('back', 'back', text.back)] : []);

/** The buttons of each state, from left to right. */
const BUTTONS = {
  idle: backOf,
  outgoing: (text, it) => [...cameraOf(text, it), button('hangup', 'hang-up', text.cancel)],
  incoming: (text) => [button('reject', 'hang-up', text.reject), button('answer', 'answer', text.answer)],
  joining: (text) => [button('hangup', 'hang-up', text.hangUp)],
  connected: (text, it) => [
    muteOf(text, it),
    ...cameraOf(text, it),
    ...switchOf(text, it),
    button('hangup', 'hang-up', text.hangUp),
  ],
  ended: (text, it) => [...continueOf(text, it), ...backOf(text, it)],
};

/** What it says, where that is not the word of the state. */
const STATUS = {
  incoming: (text, { roomType }) => (roomType === 'video' ? text.incomingVideo : text.incomingVoice),
  ended: (text, { reason }) => reason || text.hungUp,
};

/** The second of two quick taps comes within this time, in ms. */
const SECOND_TAP_MS = 500;

const twoDigits = (number) => String(number).padStart(2, '0');

/** 0:05 is 00:05, and an hour is 1:00:00. */
function timeOf(seconds) {
  const hours = Math.floor(seconds / 3600);
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits);
  return [...(hours > 0 ? [hours] : []), ...rest].join(':');
}

/** What it says below. Like the word of the state it is read out when it changes; the seconds are not. */
function detailOf(text, { state, online, hasMedia, hasCameraProblem, detail }) {
  if (state === 'ended') return detail;
  if (state !== 'connected') return '';
  if (!online) return text.reconnecting;
  if (hasCameraProblem) return text.noCamera;
  return hasMedia ? '' : text.noMedia;
}

Component({
  properties: {
    /** idle, outgoing, incoming, joining, connected or ended */
    state: { type: String, value: '' },
    /** The other party's */
    name: { type: String, value: '' },
    /** voice, video, or '' while it is not known */
    roomType: { type: String, value: '' },
    /** Whether the microphone is off */
    muted: { type: Boolean, value: false },
    /** Whether the camera is on, and whether the user may change that */
    camera: { type: Boolean, value: true },
    canToggleCamera: { type: Boolean, value: true },
    /** Whether it is off because it cannot be used */
    hasCameraProblem: { type: Boolean, value: false },
    /** Whether the service is reached */
    online: { type: Boolean, value: true },
    /** The seconds of the call */
    keepTime: { type: Number, value: 0 },
    /** Whether the host has sound and pictures, and whether there are pictures to be seen */
    hasMedia: { type: Boolean, value: true },
    hasPictures: { type: Boolean, value: false },
    /** Why the call has ended, in short and in detail */
    reason: { type: String, value: '' },
    detail: { type: String, value: '' },
    /** Whether the call is on in another page, and can be taken back */
    canContinue: { type: Boolean, value: false },
    /** Whether there is a page to go back to */
    canGoBack: { type: Boolean, value: false },
    /** What the developer's own button says; '' for none */
    customText: { type: String, value: '' },
    /** zh or en */
    language: { type: String, value: 'zh' },
  },

  data: { initial: '', kind: '', status: '', time: '', more: '', buttons: [] },

  observers: {
    'state, name, roomType, muted, camera, canToggleCamera, hasCameraProblem, online, keepTime, hasMedia, reason, detail, canContinue, canGoBack, language'() {
      const { state, name, roomType, keepTime, language } = this.data;
      const text = words(language);
      const of = (table) => (table[state] ? table[state](text, this.data) : undefined);
      const buttons = of(BUTTONS) || [];
      const events = buttons.map(({ event }) => event).join();
      if (events !== this.events) this.areOthers = true;
      this.events = events;
      this.setData({
        initial: Array.from(name.trim())[0] || '',
        kind: text[roomType] || '',
        status: of(STATUS) || text[state] || '',
        // To be seen in place of the word for it.
        time: state === 'connected' ? timeOf(keepTime) : '',
        more: detailOf(text, this.data),
        buttons,
      });
    },
  },

  methods: {
    // Who taps Answer twice does not mean to hang up, which may have come in its place.
    onTap({ currentTarget }) {
      const isSecond = this.areOthers && Date.now() - this.tappedAt < SECOND_TAP_MS;
      this.areOthers = false;
      this.tappedAt = Date.now();
      if (!isSecond) this.triggerEvent(currentTarget.dataset.event);
    },
  },
});
