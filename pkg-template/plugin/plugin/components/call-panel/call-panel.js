// What is seen of a call. It is told the state, triggers answer, reject, hangup, camera and back, and decides nothing.

const { words } = require('../../words.js');

const button = (event, look, label) => ({ event, look, label });

function cameraOf(text, { roomType, camera }) {
  if (roomType !== 'video') return [];
  return [camera ? button('camera', 'camera-on', text.cameraOn) : button('camera', 'camera-off', text.cameraOff)];
}

/** The buttons of each state, from left to right. */
const BUTTONS = {
  outgoing: (text, it) => [...cameraOf(text, it), button('hangup', 'hang-up', text.cancel)],
  incoming: (text) => [button('reject', 'hang-up', text.reject), button('answer', 'answer', text.answer)],
  joining: (text) => [button('hangup', 'hang-up', text.hangUp)],
  connected: (text, it) => [...cameraOf(text, it), button('hangup', 'hang-up', text.hangUp)],
  ended: (text, { canGoBack }) => (canGoBack ? [button('back', 'back', text.back)] : []),
};

/** What it says, where that is not the word of the state. */
const STATUS = {
  incoming: (text, { roomType }) => (roomType === 'video' ? text.incomingVideo : text.incomingVoice),
  ended: (text, { reason }) => reason || text.ended,
};

/** What it says below. */
const DETAIL = {
  connected: (text) => text.noMedia,
  ended: (text, { detail }) => detail,
};

Component({
  properties: {
    /** outgoing, incoming, joining, connected or ended */
    state: { type: String, value: '' },
    /** The other party's */
    name: { type: String, value: '' },
    /** voice, video, or '' while it is not known */
    roomType: { type: String, value: '' },
    /** Whether the camera is on */
    camera: { type: Boolean, value: true },
    /** Why the call has ended, in short and in detail */
    reason: { type: String, value: '' },
    detail: { type: String, value: '' },
    /** Whether there is a page to go back to */
    canGoBack: { type: Boolean, value: false },
    /** zh or en */
    language: { type: String, value: 'zh' },
  },

  data: { initial: '', kind: '', status: '', more: '', buttons: [] },

  observers: {
    'state, name, roomType, camera, reason, detail, canGoBack, language'() {
      const { state, name, roomType, language } = this.data;
      const text = words(language);
      const of = (table) => (table[state] ? table[state](text, this.data) : undefined);
      this.setData({
        initial: Array.from(name.trim())[0] || '',
        kind: text[roomType] || '',
        status: of(STATUS) || text[state] || '',
        more: of(DETAIL) || '',
        buttons: of(BUTTONS) || [],
      });
    },
  },

  methods: {
    onTap({ currentTarget }) {
      this.triggerEvent(currentTarget.dataset.event);
    },
  },
});
