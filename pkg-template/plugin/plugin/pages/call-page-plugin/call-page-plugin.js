// The call page: shows the call that it was opened for, and hands on what the user does.

const { endingOf } = require('../../endings.js');
const { isDevice, isDevTools } = require('../../host.js');
const openPage = require('../../open-page.js');
const { pictures } = require('../../pictures.js');
const { voipChat } = require('../../voip-chat.js');
const { start } = require('../../wasm.js');
const { language, words } = require('../../words.js');
const { openCall } = require('../../wmpf-voip/index.js');

/** So long the user sees why the call is over, before the page goes where the developer wants it to. */
const READ_MS = 1500;

Page({
  data: {
    language: /** @type {'zh' | 'en'} */ ('zh'),
    state: '',
    name: '',
    roomType: '',
    muted: false,
    camera: true,
    canToggleCamera: true,
    hasCameraProblem: false,
    online: true,
    keepTime: 0,
    hasMedia: true,
    pictures: [],
    reason: '',
    detail: '',
    canContinue: false,
    canGoBack: true,
    customText: '',
    customBoxHeight: '90vh',
    isBoxOpen: false,
    closeLabel: '',
  },

  onLoad(query) {
    const lang = language();
    this.setData({ language: lang, closeLabel: words(lang).close, hasMedia: !isDevTools() });
    this.begin(query || {});
  },

  onShow() {
    const isBack = this.isShown === false;
    this.isShown = true;
    if (isBack) this.call.shown();
    openPage.shown(this);
    if (this.isDue) this.goOn();
  },

  onHide() {
    this.isShown = false;
  },

  onUnload() {
    openPage.clear(this);
    clearTimeout(this.leaving);
    this.call.unload();
  },

  begin(query) {
    clearTimeout(this.leaving);
    this.isDue = false;
    // What the call asks of the service by a request goes through it.
    start();
    this.media = this.data.hasMedia ? voipChat() : undefined;
    this.call = openCall(query, { media: this.media, show: (view) => this.show(view) });
    openPage.begun();
  },

  // Such a page goes on with a call that is placed. It may be idle and not be told by its own call: another page was
  // the last one to wait.
  isFree() {
    return this.data.state === 'ended' || this.data.state === 'idle';
  },

  show(view) {
    const { state, name, roomType, isCaller, muted, camera, cameraProblem, online, keepTime, ui } = view;
    const ofSide = isCaller ? ui.callerUI : ui.listenerUI;
    const canContinue = view.canContinue === true;
    // A call that its user may take back from another page is not left yet.
    const isEnding = isOver({ state, canContinue }) && !isOver(this.data);
    const isConnected = state === 'connected';
    const shown = {
      state,
      name,
      roomType,
      muted,
      camera,
      canToggleCamera: ofSide.enableToggleCamera,
      hasCameraProblem: cameraProblem !== undefined,
      online,
      keepTime,
      pictures: pictures(view),
      canContinue,
      customText: isConnected && !isCaller && !isDevice() ? ui.btnText : '',
      customBoxHeight: ui.customBoxHeight,
    };
    const ending = state === 'ended' ? endingOf(view, this.data.language) : { reason: '', detail: '' };
    this.setData(changed(this.data, Object.assign(shown, ending)));
    if (!isConnected && this.data.isBoxOpen) this.closeBox();
    if (isEnding) this.leaving = setTimeout(() => this.goOn(), READ_MS);
  },

  // Where the developer wants to be after a call. Whatever page is above this one would be replaced, so that has to wait.
  goOn() {
    this.isDue = !this.isShown;
    if (this.isDue) return;
    const page = this.call.endPage();
    if (page) wx[page.routeType]({ url: page.url, fail: ({ errMsg }) => this.setData({ detail: errMsg }) });
  },

  answer() {
    this.call.answer();
  },

  hangUp() {
    this.call.hangUp();
  },

  continueHere() {
    this.call.continueHere();
  },

  toggleMuted() {
    this.call.setMuted(!this.data.muted);
  },

  toggleCamera() {
    this.call.setCamera(!this.data.camera);
  },

  switchCamera() {
    this.call.switchCamera();
  },

  pictureFailed({ currentTarget, detail }) {
    if (currentTarget.dataset.mode === 'camera' && this.media) this.media.cameraFailed(detail);
  },

  openBox() {
    this.setData({ isBoxOpen: true });
    this.call.showCustomBox();
  },

  closeBox() {
    this.setData({ isBoxOpen: false });
    this.call.hideCustomBox();
  },

  goBack() {
    // There may be no page to go back to: whoever is redirected here leaves none behind.
    wx.navigateBack({ fail: () => this.setData({ canGoBack: false }) });
  },
});

const isOver = ({ state, canContinue }) => state === 'ended' && !canContinue;

// Each second of a call changes its timer, and nothing else has to cross over to what renders the page.
function changed(data, next) {
  const isNew = (name) => JSON.stringify(data[name]) !== JSON.stringify(next[name]);
  const changes = {};
  for (const name of Object.keys(next).filter(isNew)) changes[name] = next[name];
  return changes;
}
