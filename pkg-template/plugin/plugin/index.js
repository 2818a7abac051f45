// What requirePlugin('wmpf-voip') gives: the package, with a call page of its own.

const openPage = require('./open-page.js');
const voip = require('./wmpf-voip/index.js');

// It begins at the root of the plugin.
const WASM = '/wmpf-voip/wmpf_voip_bg.wasm.br';
let wasm = WASM;

// A developer who puts the wasm elsewhere says so before the first call.
function init(source) {
  if (source !== undefined && source !== null) wasm = source;
  return voip.init(wasm);
}

// Whoever needs the wasm waits for the start that has begun here, and is told if it fails.
function start() {
  init().then(undefined, () => {});
}

async function initByCaller(req, callOptions) {
  start();
  const result = await voip.default.initByCaller(req, callOptions);
  if (result.isSuccess) openPage.placed();
  return result;
}

// What places a call and rejects on every failure.
const placing = (place) => async (req) => {
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
});
exports.configure = voip.configure;
exports.init = init;
exports.check = check;
exports.openCall = voip.openCall;
exports.listen = voip.listen;
exports.explain = voip.explain;
exports.explainAbort = voip.explainAbort;
exports.VoipError = voip.VoipError;
exports.VoipCgiError = voip.VoipCgiError;
exports.VoipPluginError = voip.VoipPluginError;
exports.VoipJoinError = voip.VoipJoinError;
