// What requirePlugin('wmpf-voip') gives: the package, with a call page of its own.

const openPage = require('./open-page.js');
const { load: init, start } = require('./wasm.js');
const voip = require('./wmpf-voip/index.js');

async function initByCaller(req, callOptions) {
  start();
  const result = await voip.default.initByCaller(req, callOptions);
  if (result.isSuccess) openPage.placed();
  return result;
}

// What asks the service by a request, which goes through the wasm.
const asking =
  (ask) =>
  (...args) => {
    start();
    return ask(...args);
  };

// What places a call and rejects on every failure.
const placing = (place) => async (req) => {
  start();
  const result = await place(req);
  openPage.placed();
  return result;
};

function check(req) {
  start();
  return voip.check(req);
}

// The page is the plugin's, and so is the appid in its path.
function callPagePath() {
  const documented = voip.default.CALL_PAGE_PATH;
  try {
    const { appId } = wx.getAccountInfoSync().plugin;
    return appId ? documented.replace(/\/\/[^/]+/, `//${appId}`) : documented;
  } catch (error) {
    // Some hosts do not say whose plugin this is.
    return documented;
  }
}

Object.defineProperty(exports, '__esModule', { value: true });
exports.default = Object.assign({}, voip.default, {
  CALL_PAGE_PATH: callPagePath(),
  initByCaller,
  callWMPF: placing(voip.default.callWMPF),
  callDevice: placing(voip.default.callDevice),
  getIotBindContactList: asking(voip.default.getIotBindContactList),
  forceHangUpVoip: asking(voip.default.forceHangUpVoip),
});
exports.configure = voip.configure;
exports.init = init;
exports.check = check;
exports.openCall = asking(voip.openCall);
exports.listen = asking(voip.listen);
exports.explain = voip.explain;
exports.explainAbort = voip.explainAbort;
exports.VoipError = voip.VoipError;
exports.VoipCgiError = voip.VoipCgiError;
exports.VoipPluginError = voip.VoipPluginError;
exports.VoipJoinError = voip.VoipJoinError;
