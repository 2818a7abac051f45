// The fake service, as a test of an application uses it.
import wmpfVoip, { configure } from 'wmpf-voip';
import type { Options } from 'wmpf-voip';
import { createFakeService } from 'wmpf-voip/testing';
import type { Answer, AnswerFunction, FakeCall, FakeService } from 'wmpf-voip/testing';

const service: FakeService = createFakeService();
configure(service.options);
// What it does not have would be left from what was configured before.
export const everyOption: Record<keyof Options, unknown> = service.options;
configure({ ...service.options, timeout: 5 });
configure({ fetch: undefined, wx: service.wx });
configure({ fetch: service.fetch });

service.answer();
service.answer(9, {}, { chargeType: 'license' }, { roomId: 'r', chargeType: undefined });
service.answer({ errCode: 5, errMsg: 'the session token has expired' }, { status: 502 });
service.answer('offline', 'silent', 'garbage', ['offline', {}], ['offline', () => 9]);
service.answer(() => {}, () => 9, async () => {}, async ({ path }) => ({ roomId: path }));

const every: Answer[] = [1, { errCode: 2 }, 'offline'];
service.answer(...every);
const abort: AnswerFunction = (call) => call.attempts;
service.answer(abort);

// Which function has made a call, and so what its body has, is known by its path.
export function read(call: FakeCall): [string, boolean, number, unknown] {
  return [call.token, call.isCancelled, call.attempts, bodyOf(call)];
}
function bodyOf(call: FakeCall) {
  switch (call.path) {
    case '/v1/calls': {
      const camera: 0 | 1 = call.body.caller.cameraStatus;
      return [camera, call.body.voipToken];
    }
    case '/v1/wmpf-calls': {
      const [sn, pushToken]: [string, string] = [call.body.sn, call.body.pushToken];
      return [sn, pushToken, call.body.nickName];
    }
    case '/v1/device-calls': {
      const deviceName: string | undefined = call.body.deviceName;
      return [call.body.sn, deviceName, call.body.isCloud];
    }
  }
}
service.answer(({ path, body }) => (path === '/v1/device-calls' && body.sn === 'SN-1' ? 9 : {}));
export const sent: readonly FakeCall[] = service.calls;
export const result = wmpfVoip.initByCaller({
  roomType: 'voice',
  businessType: 1,
  caller: { id: 'a' },
  listener: { id: 'b' },
});

// @ts-expect-error a name that is none
service.answer('timeout');
// @ts-expect-error the calls are billed in two ways
service.answer({ chargeType: 'free' });
// @ts-expect-error a misspelt member
service.answer({ chargetype: 'license' });
// @ts-expect-error a reason has a code
service.answer({ errMsg: 'no' });
// @ts-expect-error attempts have no attempts
service.answer([['offline']]);
// @ts-expect-error the record is not to be written
service.calls.push(1);
// @ts-expect-error which function has made the call has to be known
service.calls[0]?.body.sn;
