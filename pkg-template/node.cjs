// The entry for `require` in Node.

const { readFile } = require('node:fs/promises');
const { join } = require('node:path');
const { fromBytes } = require('./core/bytes.js');
const { openCall } = require('./call/page.js');
const errors = require('./errors.js');
const { explain, explainAbort, problemsOf } = require('./explain.js');
const { listen } = require('./service/listen.js');

/** @param {string | undefined} source */
const read = (source) => readFile(source ?? join(__dirname, 'wmpf_voip_bg.wasm'));
const { wmpfVoip, configure, init, check: rowsOf, core } = fromBytes(read);

// For `import wmpfVoip from 'wmpf-voip'` that was compiled to `require`.
Object.defineProperty(exports, '__esModule', { value: true });
exports.default = wmpfVoip;
exports.configure = configure;
exports.init = init;
/** @type {typeof import('./index.js').check} */
exports.check = async (req) => problemsOf(await rowsOf(req));
/** @type {typeof import('./index.js').openCall} */
exports.openCall = (page, options) => openCall(core, page, options);
/** @type {typeof import('./index.js').listen} */
exports.listen = (handlers) => listen(core, handlers);
exports.explain = explain;
exports.explainAbort = explainAbort;
exports.VoipError = errors.VoipError;
exports.VoipCgiError = errors.VoipCgiError;
exports.VoipPluginError = errors.VoipPluginError;
exports.VoipJoinError = errors.VoipJoinError;
