const defaults = require('../../config.js');

const { configure, listen } = requirePlugin('wmpf-voip');
const wmpfVoip = requirePlugin('wmpf-voip').default;

const KEY = 'settings';

const STATES = {
  connecting: '正在连接…',
  open: '等待来电',
  closed: '连接中断，正在重连…',
  expired: '会话 token 已过期',
};

Page({
  data: {
    fields: [
      { key: 'endpoint', label: '房间服务 endpoint' },
      { key: 'token', label: '会话 token（session token）', password: true },
      { key: 'callerId', label: '拨打方 caller.id' },
      { key: 'listenerId', label: '接听方 listener.id' },
      { key: 'voipToken', label: '票据 voipToken', password: true },
    ],
    businessTypes: [0, 1, 2, 3],
    settings: defaults,
    listening: '',
    errMsg: '',
  },

  onLoad() {
    this.set(wx.getStorageSync(KEY) || {});
  },

  // While the page of a call is open, no other one takes its place. What still rings when this one is back is told of again.
  onHide() {
    if (this.close) this.close();
  },

  onShow() {
    if (this.close) this.listen();
  },

  onUnload() {
    this.stopListening();
  },

  set(changes) {
    const settings = Object.assign({}, this.data.settings, changes);
    this.setData({ settings });
    wx.setStorageSync(KEY, settings);
  },

  onInput({ currentTarget, detail }) {
    this.set({ [currentTarget.dataset.key]: detail.value });
  },

  onBusinessType({ detail }) {
    this.set({ businessType: this.data.businessTypes[detail.value] });
  },

  onRoomType({ detail }) {
    this.set({ roomType: detail.value ? 'video' : 'voice' });
  },

  // The demo service gives ids and tokens to whoever asks: here for a doorbell that calls its user.
  useDemoDevice() {
    this.useDemo(({ device, phone }) => ({
      token: device.token,
      callerId: device.id,
      listenerId: phone.id,
      voipToken: device.deviceToken,
      businessType: 1,
    }));
  },

  // And for the user, who waits for its call, or calls it.
  useDemoPhone() {
    this.useDemo(({ device, phone }) => ({
      token: phone.token,
      callerId: phone.id,
      listenerId: device.id,
      voipToken: device.pushToken,
      businessType: 2,
    }));
  },

  useDemo(settingsOf) {
    wx.request({
      url: `${this.data.settings.endpoint}/v1/demo`,
      success: ({ statusCode, data }) => {
        if (statusCode !== 200) return this.setData({ errMsg: `HTTP ${statusCode}: 不是演示服务` });
        const { handsets } = /** @type {any} */ (data);
        this.set(settingsOf(handsets));
      },
      fail: ({ errMsg }) => this.setData({ errMsg }),
    });
  },

  // Waits for calls as long as this page is there.
  listen() {
    this.stopListening();
    const { endpoint, token } = this.data.settings;
    configure({ endpoint, token });
    this.setData({ errMsg: '' });
    try {
      this.close = listen({
        onReminder: ({ path }) => this.open(path),
        onState: (state) => this.setData({ listening: STATES[state] }),
      });
    } catch (e) {
      this.setData({ errMsg: e.errMsg });
    }
  },

  stopListening() {
    if (this.close) this.close();
    this.close = undefined;
    this.setData({ listening: '' });
  },

  // The path is that of the real plugin's page: its query is the call. The page of a second call would end the first, so
  // no other one is told of until this page is back.
  open(path) {
    if (this.close) this.close();
    const url = wmpfVoip.CALL_PAGE_PATH + path.slice(path.indexOf('?'));
    wx.navigateTo({ url, fail: ({ errMsg }) => this.failed(errMsg) });
  },

  failed(errMsg) {
    this.stopListening();
    this.setData({ errMsg });
  },

  async call() {
    const { endpoint, token, callerId, listenerId, voipToken, businessType, roomType } = this.data.settings;
    configure({ endpoint, token });
    this.setData({ errMsg: '' });

    try {
      const { isSuccess, errMsg } = await wmpfVoip.initByCaller({
        caller: {
          id: callerId,
          name: '拨打方名字',
        },
        listener: {
          id: listenerId,
          name: '接听方名字',
        },
        roomType,
        businessType,
        voipToken,
        miniprogramState: 'developer', // 开发阶段建议使用开发版
      });

      if (isSuccess /* && 当前不在插件页面 */) {
        wx.redirectTo({
          url: wmpfVoip.CALL_PAGE_PATH,
        });
      } else {
        this.setData({ errMsg });
        wx.showToast({
          title: '呼叫失败',
          icon: 'error',
        });
      }
    } catch (e) {
      this.setData({ errMsg: e.errMsg });
      wx.showToast({
        title: '呼叫失败',
        icon: 'error',
      });
    }
  },
});
