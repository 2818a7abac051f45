// The call page: shows the call that it was opened for, and hands on what the user does.

const { openCall } = require('../../call.js');
const { language } = require('../../words.js');

Page({
  data: {
    language: 'zh',
    state: '',
    name: '',
    roomType: '',
    camera: true,
    reason: '',
    detail: '',
    canGoBack: true,
  },

  onLoad(query) {
    this.setData({ language: language() });
    this.call = openCall(query || {}, (view) => this.setData(view));
  },

  onUnload() {
    this.call.leave();
  },

  answer() {
    this.call.answer();
  },

  hangUp() {
    this.call.hangUp();
  },

  toggleCamera() {
    this.call.toggleCamera();
  },

  goBack() {
    // There may be no page to go back to: whoever is redirected here leaves none behind.
    wx.navigateBack({ fail: () => this.setData({ canGoBack: false }) });
  },
});
