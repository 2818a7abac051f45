// A CommonJS file that TypeScript compiles: `require` has types of its own.
import wmpfVoip = require('wmpf-voip');

const { default: plugin, configure, VoipPluginError } = wmpfVoip;

configure({ endpoint: 'http://room.test', token: 't' });
export const call = plugin
  .initByCaller({ caller: { id: 'a' }, listener: { id: 'b' }, roomType: 'voice', businessType: 1 })
  .then((result) => (result.isSuccess ? result.roomId : result.errMsg))
  .catch((error) => (error instanceof VoipPluginError ? error.errMsg : 'unknown'));
