// A CommonJS file that TypeScript compiles: `require` has types of its own.
import wmpfVoip = require('wmpf-voip');
import testing = require('wmpf-voip/testing');

const { default: plugin, configure, VoipPluginError } = wmpfVoip;

configure({ endpoint: 'http://room.test', token: 't' });
export const call = plugin
  .initByCaller({ caller: { id: 'a' }, listener: { id: 'b' }, roomType: 'voice', businessType: 1 })
  .then((result) => (result.isSuccess ? result.roomId : result.errMsg))
  .catch((error) => (error instanceof VoipPluginError ? error.errMsg : 'unknown'));

const service = testing.createFakeService();
configure(service.options);
service.answer(9, ['offline', {}]);
export const attempts: number[] = service.calls.map((call) => call.attempts);
