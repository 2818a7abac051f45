// What has to compile: the documented sample, and everything that an application does with what comes back.
import wmpfVoip, {
  check,
  configure,
  explain,
  explainAbort,
  init,
  listen,
  openCall,
  VoipCgiError,
  VoipError,
  VoipJoinError,
  VoipPluginError,
} from 'wmpf-voip';
import type {
  AbortSignalLike,
  Call,
  CallRequest,
  CallView,
  DeviceToPhoneRequest,
  InitByCallerRequest,
  InitByCallerResult,
  Media,
  MediaRoom,
  Options,
  VoipEvent,
  VoipEvents,
  WmpfVoip,
  WxLike,
} from 'wmpf-voip';

declare const wx: {
  redirectTo(options: { url: string }): void;
  showToast(options: { title: string; icon?: 'success' | 'error' }): void;
};

export async function sample() {
  try {
    const { isSuccess } = await wmpfVoip.initByCaller({
      caller: {
        id: '拨打方 Id',
        name: '拨打方名字',
      },
      listener: {
        id: '接听方 Id',
        name: '接听方名字',
      },
      roomType: 'video',
      businessType: 1,
      voipToken: 'xxxx*****xxxx',
      miniprogramState: 'developer', // 开发阶段建议使用开发版
    });

    if (isSuccess /* && 当前不在插件页面 */) {
      wx.redirectTo({
        url: wmpfVoip.CALL_PAGE_PATH,
      });
    } else {
      wx.showToast({
        title: '呼叫失败',
        icon: 'error',
      });
    }
  } catch (e) {
    wx.showToast({
      title: '呼叫失败',
      icon: 'error',
    });
  }
}

const parties = { caller: { id: 'a' }, listener: { id: 'b', name: null, cameraStatus: 1 } } as const;

// A device that is registered through WMPF leaves the token out, and '' and null count as left out.
const withoutToken: DeviceToPhoneRequest = { ...parties, roomType: 'voice', businessType: 1 };
const withNull: InitByCallerRequest = { ...withoutToken, voipToken: null, timeLimit: 60 };
const payment: InitByCallerRequest = { ...parties, roomType: 'voice', voipToken: 't' };
const licensed: InitByCallerRequest = { ...payment, businessType: 3, customQuery: 'a=1' };
const called: InitByCallerRequest = { ...payment, businessType: 2, miniprogramState: 'trial' };
const requests: CallRequest[] = [withoutToken, withNull, payment, licensed, called];

export function told(result: InitByCallerResult): string {
  if (result.isSuccess) {
    const billing: 'duration' | 'license' = result.chargeType;
    const ids: [string, string] = [result.roomId, result.groupId];
    return `${ids} ${billing}`;
  }
  const old: string = result.error.err_code + result.error.errMsg;
  const error: VoipError = result.errObj;
  const cause: unknown = error.cause;
  const errno: number | undefined = error.errno;
  return `${result.errCode} ${result.errMsg} ${old} ${cause} ${errno}`;
}

// What may be left out may be undefined, too, whatever the compiler's options.
export function optional(name?: string, cameraStatus?: 0 | 1, timeLimit?: number, voipToken?: string) {
  const party = { id: 'a', name, cameraStatus };
  const request = { caller: party, listener: party, roomType: 'voice', timeLimit } as const;
  const rest = { customQuery: name, miniprogramState: undefined };
  return wmpfVoip.initByCaller({ ...request, ...rest, businessType: 1, voipToken });
}

export async function cancellable(controller: { signal: AbortSignalLike }, user: boolean) {
  const request: InitByCallerRequest = { ...withoutToken, businessType: 1 };
  await wmpfVoip.initByCaller(request, { signal: controller.signal });
  await wmpfVoip.initByCaller(request, { signal: null });
  await wmpfVoip.initByCaller(request, {});
  // A union narrows by businessType.
  const any: InitByCallerRequest = user ? called : withoutToken;
  if (any.businessType === 2) {
    const pushToken: string = any.voipToken;
    return pushToken;
  }
  if (any.businessType === 1) {
    const deviceToken: string | null | undefined = any.voipToken;
    return deviceToken;
  }
  const voipToken: string = any.voipToken;
  return voipToken;
}

export async function whateverTheCallerLooksAt(made: Promise<InitByCallerResult>) {
  const failure = await made.catch((error: VoipError) => error);
  if (failure.isSuccess) return failure.roomId;
  const code: string = failure.error.err_code;
  const logged: Record<string, unknown> | undefined = 'toJSON' in failure ? failure.toJSON() : undefined;
  return [failure.errCode, failure.errMsg, failure.message, code, logged];
}

export async function everythingElse(error: unknown) {
  const options: Options = { endpoint: 'http://room.test', token: 't', timeout: 50 };
  configure(options);
  configure({ token: 'fresh', role: 'device', getDeviceToken: async () => 'token' });
  configure({ role: undefined, getDeviceToken: () => 'token' });
  configure({
    fetch: async (url, init) => {
      const sent: string = url + init.method + init.body + init.headers['authorization'];
      const method: 'POST' | 'DELETE' = init.method;
      if (method === 'DELETE') return { status: 204, text: async () => '' };
      return { status: 200, text: async () => sent };
    },
    wx: undefined,
  });
  configure({
    wx: {
      request({ url, data, header, success, fail }) {
        if (url) success({ statusCode: 200, data });
        else fail({ errMsg: 'request:fail', errno: Object.keys(header).length });
      },
    },
  });
  await init();
  await init(new Uint8Array(8));
  await init(new ArrayBuffer(8));
  for (const { path, code, expected, got, zh } of await check(requests)) {
    const line: string = path + expected + got + zh.expected + zh.got + code.toFixed();
    if (line) break;
  }
  const meaning: string | undefined = explain(20, 'zh')?.meaning ?? explain(9)?.remedy;
  const broken: string | undefined = explainAbort('room status is abort', 'zh') ?? explainAbort(undefined);
  const joining: number = new VoipJoinError(2000, 'm', 'extra', 1).errType;
  const plugin: WmpfVoip = wmpfVoip;
  if (error instanceof VoipPluginError || error instanceof VoipCgiError) return error.errCode;
  return [meaning, broken, joining, plugin.CALL_PAGE_PATH];
}

// All that the module takes from a wx.
export function everyFunctionOf(wx: Required<WxLike>) {
  const { request, connectSocket, getStorageSync, setStorageSync, getAccountInfoSync, getEnterOptionsSync } = wx;
  const { onAppShow, offAppShow, onAppHide, offAppHide, onNetworkStatusChange, offNetworkStatusChange } = wx;
  configure({ wx: { request, onAppShow, offAppShow, onAppHide, offAppHide, onNetworkStatusChange, offNetworkStatusChange } });
  configure({ wx: { request, getEnterOptionsSync } });
  configure({ wx: { request, connectSocket, getStorageSync, setStorageSync, getAccountInfoSync, getEnterOptionsSync } });
}

declare function use(...values: unknown[]): void;

// These events there are, and no other.
type Same<One, Other> = [One, Other] extends [Other, One] ? true : false;
const names = [
  'startVoip',
  'abortVoip',
  'hangOnVoip',
  'cancelVoip',
  'rejectVoip',
  'hangUpVoip',
  'endVoip',
  'busy',
  'calling',
  'timeout',
  'joinedRoomByCaller',
  'joinFailCaller',
  'joinFailListener',
  'finishVoip',
  'callPageOnShow',
  'showCustomBox',
  'hideCustomBox',
  'bindContact',
] as const;
export const everyEvent: Same<VoipEvent['eventName'], (typeof names)[number]> = true;
export const everyData: Same<keyof VoipEvents, (typeof names)[number]> = true;

// A host's own media, with the errors that it may have.
export class OwnMedia implements Media {
  #room: MediaRoom | undefined;

  async join(room: MediaRoom): Promise<void> {
    this.#room = room;
    if (room.roomType === 'video' && room.voipChat === undefined) {
      throw new VoipJoinError(2008, 'join:fail not signed', 'not signed', 0);
    }
    room.onStreams({ local: {} });
    room.onState('connected');
    room.onCamera(false, new Error('it was unplugged'));
    room.onCamera(false, new VoipJoinError(2007, 'join:fail', 'in use', 0));
    room.onCamera(true);
  }
  start(): void {
    this.#room?.send('hello');
  }
  receive(payload: string): void {
    if (payload === 'bye') this.#room?.onAbort(new Error(payload));
  }
  peer(connected: boolean): void {
    use(connected);
  }
  setMuted(muted: boolean): void {
    use(muted);
  }
  async setCamera(on: boolean): Promise<void> {
    this.#room?.onCamera(on);
  }
  switchCamera(): void {}
  leave(): void {
    this.#room = undefined;
  }
}

// The call itself: what happens in it is told apart by its name, and a media of one's own is one.
export function page(path: string, media: Media): Call {
  const off: () => void = wmpfVoip.onVoipEvent((event) => {
    if (event.eventName === 'hangUpVoip') {
      const origin: 'manual' | 'unloadCallPage' | 'forceFromApp' | 'other' | 'timeLimit' = event.data.origin;
      const room: string = event.roomId;
      use(origin, room, event.data.keepTime);
    } else if (event.eventName === 'endVoip') {
      const isCaller: boolean = event.data.isCaller;
      use(isCaller, event.data.callerName);
    } else if (event.eventName === 'callPageOnShow') {
      const none: undefined = event.roomId;
      const { callSeq } = wmpfVoip.getPluginOnloadOptions();
      use(none, callSeq, wmpfVoip.getPluginEnterOptions().query);
    }
  });
  const states = { idle: 0, outgoing: 1, incoming: 2, joining: 3, connected: 4, ended: 5 };
  const show = ({ state, reason, origin, keepTime, ui }: CallView) => {
    const at: number = states[state];
    if (state === 'ended') off();
    use(at, reason, origin, keepTime, ui.callerUI.cameraRotation);
  };
  const call = openCall(path, { show, media });
  openCall({ groupId: 'r', isCaller: '1' }, { show }).leave();
  openCall(path, { show, answersByQuery: true }).unload();
  call.setCamera(false);
  const canContinue: boolean | undefined = call.view.canContinue;
  if (canContinue) call.continueHere();
  const next: string | undefined = call.endPage()?.url;
  use(next);
  return call;
}

export async function others() {
  const close: () => void = listen({ onReminder: ({ path, ringsUntil }) => use(path, ringsUntil - Date.now()) });
  close();
  const device = { roomType: 'video', sn: 's', modelId: 'm' } as const;
  const { roomId } = await wmpfVoip.callWMPF({ ...device, pushToken: 't', nickName: 'n', envVersion: 'trial' });
  await wmpfVoip.callDevice({ ...device, isCloud: true, payload: 'p' });
  const { contact_list } = await wmpfVoip.getIotBindContactList({ sn: 's', model_id: 'm', openid_list: ['o'] });
  const status: 0 | 1 | undefined = contact_list[0]?.status;
  wmpfVoip.forceHangUpVoip(roomId);
  wmpfVoip.forceHangUpVoip();
  wmpfVoip.setUIConfig({ callerUI: { cameraRotation: 270, objectFit: 'contain' }, customBoxHeight: '70vh' });
  wmpfVoip.setCustomBtnText('');
  wmpfVoip.setVoipEndPagePath({ url: '/pages/index/index', key: 'Call', routeType: 'switchTab' });
  return status;
}
