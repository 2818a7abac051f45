const defaults = require('../../config.js');

const { configure } = requirePlugin('wmpf-voip');
const wmpfVoip = requirePlugin('wmpf-voip').default;

const KEY = 'settings';

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
    errMsg: '',
  },

  onLoad() {
    this.set(wx.getStorageSync(KEY) || {});
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

  // The demo service gives ids and tokens to whoever asks.
  useDemo() {
    wx.request({
      url: `${this.data.settings.endpoint}/v1/demo`,
      success: ({ statusCode, data }) => {
        if (statusCode !== 200) return this.setData({ errMsg: `HTTP ${statusCode}: 不是演示服务` });
        const { device, phone } = data.handsets;
        this.set({
          token: device.token,
          callerId: device.id,
          listenerId: phone.id,
          voipToken: device.deviceToken,
          businessType: 1,
        });
      },
      fail: ({ errMsg }) => this.setData({ errMsg }),
    });
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
