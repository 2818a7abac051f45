// What must not compile. Each line below an expectation has an error that the expectation names.
import wmpfVoip, { configure, explain, listen, openCall, VoipCgiError } from 'wmpf-voip';
import type { InitByCallerRequest, InitByCallerResult } from 'wmpf-voip';

const parties = { caller: { id: 'a' }, listener: { id: 'b' } };
const { initByCaller } = wmpfVoip;

// @ts-expect-error a phone calls a device with its pushToken
initByCaller({ ...parties, roomType: 'voice', businessType: 2 });
// @ts-expect-error and null is none
initByCaller({ ...parties, roomType: 'voice', businessType: 2, voipToken: null });
// @ts-expect-error a payment has its voip_token
initByCaller({ ...parties, roomType: 'voice', businessType: 0 });
// @ts-expect-error and 0 is the default
initByCaller({ ...parties, roomType: 'voice' });
// @ts-expect-error by license too
initByCaller({ ...parties, roomType: 'voice', businessType: 3 });
// @ts-expect-error there is no businessType 4
initByCaller({ ...parties, roomType: 'voice', businessType: 4, voipToken: 't' });
// @ts-expect-error nor '1'
initByCaller({ ...parties, roomType: 'voice', businessType: '1' });
// @ts-expect-error roomType is missing
initByCaller({ ...parties, businessType: 1 });
// @ts-expect-error there are two kinds of rooms
initByCaller({ ...parties, roomType: 'phone', businessType: 1 });
// @ts-expect-error somebody has to be called
initByCaller({ caller: { id: 'a' }, roomType: 'voice', businessType: 1 });
// @ts-expect-error a party has an id
initByCaller({ caller: {}, listener: { id: 'b' }, roomType: 'voice', businessType: 1 });
// @ts-expect-error a camera is on or off
initByCaller({ ...parties, caller: { id: 'a', cameraStatus: 2 }, roomType: 'voice', businessType: 1 });
// @ts-expect-error the original's environments have other names
initByCaller({ ...parties, roomType: 'voice', businessType: 1, miniprogramState: 'release' });
// @ts-expect-error a misspelt field
initByCaller({ ...parties, roomType: 'voice', businessType: 1, customquery: 'a=1' });
// @ts-expect-error the request is missing
initByCaller();
// @ts-expect-error a camera is no boolean
initByCaller({ ...parties, listener: { id: 'b', cameraStatus: true }, roomType: 'voice', businessType: 1 });
// @ts-expect-error a name is a string
initByCaller({ ...parties, caller: { id: 'a', name: 1 }, roomType: 'voice', businessType: 1 });
// @ts-expect-error seconds are a number
initByCaller({ ...parties, roomType: 'voice', businessType: 1, timeLimit: '60' });
// @ts-expect-error a query is a string
initByCaller({ ...parties, roomType: 'voice', businessType: 1, customQuery: { a: 1 } });
// @ts-expect-error the host fetches that one
initByCaller({ ...parties, roomType: 'voice', businessType: 1, deviceToken: 't' });

const request = { ...parties, roomType: 'voice', businessType: 1 } as const;
initByCaller(request);
// @ts-expect-error a controller is no signal
initByCaller(request, { signal: { abort() {} } });
// @ts-expect-error a misspelt option
initByCaller(request, { sginal: null });

declare const either: InitByCallerRequest;
// @ts-expect-error a device may have none
const token: string = either.voipToken;

export function read(result: InitByCallerResult) {
  // @ts-expect-error which one it is has to be known
  result.roomId.length;
  if (!result.isSuccess) {
    // @ts-expect-error a failure has no room
    result.roomId.length;
  } else {
    // @ts-expect-error a success has no code
    result.errCode.toFixed();
    // @ts-expect-error what is there
    result.chargeType === 'free';
  }
}

// @ts-expect-error it is not to be replaced
wmpfVoip.CALL_PAGE_PATH = 'pages/call';
// @ts-expect-error milliseconds are a number
configure({ timeout: '50' });
// @ts-expect-error there are two ends
configure({ role: 'tv' });
// @ts-expect-error a token is fetched anew
configure({ getDeviceToken: 'token' });
// @ts-expect-error and is a string
configure({ getDeviceToken: async () => 7 });
// @ts-expect-error a wx can request
configure({ wx: {} });
// @ts-expect-error it is no success
new VoipCgiError(9, 'm').isSuccess = true;
// @ts-expect-error a code is a number
new VoipCgiError('9', 'm');
// @ts-expect-error a misspelt option
configure({ endPoint: 'http://room.test' });
// @ts-expect-error two languages
explain(20, 'fr');
// @ts-expect-error there may be no such code
explain(99).meaning;

// @ts-expect-error a page shows something
openCall('/call');
// @ts-expect-error and half a media is none
openCall('/call', { show() {}, media: { join() {} } });
// @ts-expect-error somebody has to hear of a reminder
listen({});
wmpfVoip.onVoipEvent((event) => {
  // @ts-expect-error which event it is has to be known
  event.data.keepTime;
  // @ts-expect-error there is no such event
  if (event.eventName === 'hungUp') return;
  // @ts-expect-error a function of the call is no event
  if (event.eventName === 'shown') return;
  // @ts-expect-error the page's own events have no room
  if (event.eventName === 'callPageOnShow') event.roomId.length;
});
// @ts-expect-error a device has a pushToken
wmpfVoip.callWMPF({ roomType: 'voice', sn: 's', modelId: 'm', nickName: 'n' });
// @ts-expect-error callDevice pushes nothing
wmpfVoip.callDevice({ roomType: 'voice', sn: 's', modelId: 'm', pushToken: 't' });
// @ts-expect-error a quarter turn is 90
wmpfVoip.setUIConfig({ callerUI: { cameraRotation: 45 } });
// @ts-expect-error navigateTo would leave the call page below
wmpfVoip.setVoipEndPagePath({ url: '/a', key: 'Call', routeType: 'navigateTo' });
