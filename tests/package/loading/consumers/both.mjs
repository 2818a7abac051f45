// A process that imports the package and has a dependency that requires it: one module for both.
import { createRequire } from 'node:module';
import * as imported from 'wmpf-voip';

const required = createRequire(import.meta.url)('wmpf-voip');
const same = {};
for (const name of Object.keys(imported)) same[name] = imported[name] === required[name];

// Configured through the one, called through the other.
const { endpoint, handsets } = JSON.parse(process.env.HOSTS);
const { device, phone } = handsets;
const request = {
  caller: { id: device.id },
  listener: { id: phone.id },
  roomType: 'voice',
  businessType: 1,
  voipToken: device.deviceToken,
};
imported.configure({ endpoint, token: device.token });
const { isSuccess } = await required.default.initByCaller(request);
const error = await required.default.initByCaller({}).catch((error) => error);
console.log(
  JSON.stringify({ same, isSuccess, instanceOfImported: error instanceof imported.VoipPluginError }),
);
