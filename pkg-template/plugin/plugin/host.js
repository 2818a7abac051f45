// What the call page has to know of the host that it runs on.

/** WeChat DevTools: it shows the page, and has neither wx.joinVoIPChat nor <voip-room>. */
function isDevTools() {
  try {
    const { platform } = wx.getDeviceInfo ? wx.getDeviceInfo() : wx.getSystemInfoSync();
    return platform === 'devtools';
  } catch (error) {
    // Some hosts do not say what they are.
    return false;
  }
}

/** A device with WMPF, and no phone. */
const isDevice = () => typeof wmpf !== 'undefined';

module.exports = { isDevTools, isDevice };
