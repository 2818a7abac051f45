// What is seen of a call. It is told the state and triggers answer, reject, hangup, camera and back; it decides nothing.

const { words } = require('../../words.js');

/** The buttons of each state, from left to right. */
const BUTTONS = {
  outgoing: (text, it) => [...cameraOf(text, it), { event: 'hangup', label: text.cancel, look: 'hang-up' }],
  incoming: (text) => [
    { event: 'reject', label: text.reject, look: 'hang-up' },
    { event: 'answer', label: text.answer, look: 'answer' },
  ],
  joining: (text) => [{ event: 'hangup', label: text.hangUp, look: 'hang-up' }],
  connected: (text, it) => [...cameraOf(text, it), { event: 'hangup', label: text.hangUp, look: 'hang-up' }],
  ended: (text, { canGoBack }) => (canGoBack ? [{ event: 'back', label: text.back, look: 'back' }] : []),
};

const cameraOf = (text, { roomType, camera }) =>
  roomType === 'video'
    ? [{ event: 'camera', label: camera ? text.cameraOn : text.cameraOff, look: camera ? 'camera-on' : 'camera-off' }]
    : [];

const STATUS = {
  incoming: (text, { roomType }) => (roomType === 'video' ? text.incomingVideo : text.incomingVoice),
  ended: (text, { reason }) => reason || text.ended,
};

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
      this.render();
    },
  },

  lifetimes: {
    attached() {
      this.render();
    },
  },

  methods: {
    render() {
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

    onTap({ currentTarget }) {
      this.triggerEvent(currentTarget.dataset.event);
    },
  },
});
