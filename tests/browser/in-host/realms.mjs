// Values of another realm, an iframe's or a context's: none of their classes is the one of that name here. Each host runs
// this with the package and reports.

import { ENDPOINT, ROOM, sample, TOKEN } from '../../support/requests.mjs';

/** What it gives is of the realm, as far as it goes. */
const copyInto = (realm, value) => realm('JSON').parse(JSON.stringify(value));

/** A fetch of the realm, whose promise, response and body are its own. */
const answering = (realm, status, body) =>
  realm(`(async () => ({ status: ${status}, text: async () => ${JSON.stringify(JSON.stringify(body))} }))`);

const bytesOf = async ({ realm, wasm }) => realm('Uint8Array').from(await wasm());

/** The sources of the wasm that init takes. */
const SOURCES = {
  'an ArrayBuffer': async (host) => (await bytesOf(host)).buffer,
  'a Uint8Array': bytesOf,
  'a WebAssembly.Module': async (host) => new (host.realm('WebAssembly').Module)(await bytesOf(host)),
  // A context of Node has no such class, and gets its own.
  'a URL': async ({ realm, place }) => new (realm('globalThis').URL ?? URL)(place),
};

/** What goes into the calls; each gives what came of it. */
const VALUES = {
  'a fetch and what it answers': async ({ realm }, module) => {
    module.configure({ fetch: answering(realm, 201, ROOM) });
    return (await module.default.initByCaller(sample())).roomId;
  },
  'a refusal': async ({ realm }, module) => {
    module.configure({ fetch: answering(realm, 403, { errcode: 9, errmsg: 'no' }) });
    return (await module.default.initByCaller(sample())).errCode;
  },
  'a wx': async ({ realm }, module) => {
    const wx = realm(`({ request({ success }) { success({ statusCode: 201, data: ${JSON.stringify(ROOM)} }) } })`);
    module.configure({ fetch: undefined, wx });
    return (await module.default.initByCaller(sample())).roomId;
  },
  'a request and its options': async ({ realm }, module) => {
    const made = module.default.initByCaller(copyInto(realm, sample()), copyInto(realm, {}));
    return (await made).roomId;
  },
  options: async ({ realm }, module) => {
    module.configure(copyInto(realm, { endpoint: 'http://other.test', token: 'other' }));
    return (await module.default.initByCaller(sample())).roomId;
  },
  'a promise of a deviceToken': async ({ realm }, module) => {
    module.configure({ getDeviceToken: realm("(() => Promise.resolve('device-token'))") });
    return (await module.default.initByCaller({ ...sample(), voipToken: '' })).roomId;
  },
  'an error of getDeviceToken': async ({ realm }, module) => {
    module.configure({ getDeviceToken: realm("(() => Promise.reject(new Error('not registered')))") });
    const error = await module.default.initByCaller({ ...sample(), voipToken: '' }).catch((error) => error);
    return [error.errCode, error.cause instanceof realm('Error')];
  },
  'an AbortSignal and its reason': async ({ realm }, module) => {
    const { AbortController: Class = AbortController } = realm('globalThis');
    const controller = new Class();
    module.configure({ fetch: () => new Promise(() => {}) });
    const made = module.default.initByCaller(sample(), { signal: controller.signal });
    controller.abort(realm("new Error('gone')"));
    const { errCode, errMsg, errObj } = await made.catch((errObj) => ({ ...errObj, errObj }));
    return [errCode, errMsg.endsWith(': gone'), errObj.cause === controller.signal.reason];
  },
  'a host that fails': async ({ realm }, module) => {
    const error = realm("new TypeError('the line is cut')");
    module.configure({ fetch: () => Promise.reject(error) });
    const { errCode, errObj } = await module.default.initByCaller(sample());
    return [errCode, errObj.cause === error];
  },
  'a host that fails and quotes a token': async ({ realm }, module) => {
    const error = realm(`new TypeError('wrong: Bearer ${TOKEN}')`);
    module.configure({ fetch: () => Promise.reject(error) });
    const { cause } = (await module.default.initByCaller(sample())).errObj;
    return [cause.message, cause instanceof realm('TypeError')];
  },
  'an array of users': async ({ realm }, module) => {
    let sent;
    const fetch = async (_url, { body }) => {
      sent = JSON.parse(body);
      return { status: 200, text: async () => '{"errcode":0,"errmsg":"ok","contact_list":[]}' };
    };
    module.configure({ fetch });
    await module.default.getIotBindContactList(copyInto(realm, { sn: 's', model_id: 'm', openid_list: ['o', 'p'] }));
    return sent.openid_list;
  },
  'a call of a phone': async ({ realm }, module) => {
    const call = copyInto(realm, { roomType: 'voice', sn: 's', modelId: 'm', pushToken: 't', nickName: 'n' });
    return (await module.default.callWMPF(call)).roomId;
  },
  'a page and its options': async ({ realm }, module) => {
    const call = module.openCall(copyInto(realm, { isPreLaunch: '1', a: 'b' }), realm('({ show() {} })'));
    return [call.view.state, module.default.getPluginOnloadOptions()];
  },
  'what a page shows by': async ({ realm }, module) => {
    module.default.setUIConfig(copyInto(realm, { btnText: 'Open', callerUI: { objectFit: 'contain' } }));
    const { ui } = module.openCall('?isPreLaunch=1', { show() {} }).view;
    return [ui.btnText, ui.callerUI.objectFit];
  },
  'a listener': async ({ realm }, module) => {
    const heard = realm('[]');
    const off = module.default.onVoipEvent(realm('((heard) => (event) => heard.push(event.eventName))')(heard));
    module.openCall('?a=b', { show() {} });
    off();
    return Array.from(heard);
  },
};

export const SOURCE_NAMES = Object.keys(SOURCES);
export const VALUE_NAMES = Object.keys(VALUES);

/** @param {{ load(): Promise<any>, realm(expression: string): any, wasm(): Promise<Uint8Array>, place: string }} host */
export async function run(host, { source, value }) {
  const module = await host.load();
  const created = async () => ({ status: 201, text: async () => JSON.stringify(ROOM) });
  module.configure({ endpoint: ENDPOINT, token: TOKEN, fetch: created });
  if (value) return VALUES[value](host, module);
  await module.init(await SOURCES[source](host));
  return (await module.default.initByCaller(sample())).roomId;
}
