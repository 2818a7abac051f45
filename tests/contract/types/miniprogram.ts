// A mini-program has the platform's own types: its wx is one that configure takes, and what it got from requirePlugin is
// what it imports now.
import wmpfVoip, { configure, VoipError } from 'wmpf-voip';
import type { WmpfVoip } from 'wmpf-voip';
import bundled, { init } from 'wmpf-voip/miniprogram';

configure({ wx });
configure({ wx: { request: (options) => wx.request(options) } });
configure({
  getDeviceToken: () =>
    new Promise<string>((resolve, reject) => {
      wx.request<{ deviceToken: string }>({
        url: 'https://operator.test/device-token',
        success: ({ data }) => resolve(data.deviceToken),
        fail: reject,
      });
    }),
});

// In a plugin, or by another bundler than WeChat's, the wasm lies where its makers put it.
const loaded: Promise<void> = init('/wasm/wmpf_voip_bg.wasm.br');
init({ path: '/wasm/wmpf_voip_bg.wasm', webAssembly: WXWebAssembly });
const same: WmpfVoip = bundled;

const original: WmpfVoip = requirePlugin('wmpf-voip').default;
const replaced: WmpfVoip = wmpfVoip;

Page({
  data: { calling: false },
  async call(event: WechatMiniprogram.TouchEvent<{}, {}, { sn: string; openId: string }>) {
    const { sn, openId } = event.currentTarget.dataset;
    this.setData({ calling: true });
    try {
      const { isSuccess } = await replaced.initByCaller({
        caller: { id: sn },
        listener: { id: openId },
        roomType: 'video',
        businessType: 1,
        voipToken: wx.getStorageSync('deviceToken'),
        miniprogramState: 'developer',
      });
      if (isSuccess) wx.redirectTo({ url: original.CALL_PAGE_PATH });
      else wx.showToast({ title: '呼叫失败', icon: 'error' });
    } catch (error) {
      const title = error instanceof VoipError ? error.errMsg : '呼叫失败';
      wx.showToast({ title, icon: 'error' });
    }
    this.setData({ calling: false });
  },
});

// @ts-expect-error the platform's account information is no wx
configure({ wx: wx.getAccountInfoSync() });
configure({ connectSocket: wx.connectSocket });
