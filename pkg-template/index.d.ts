/**
 * The calling contract of the `wmpf-voip` plugin: `requirePlugin('wmpf-voip').default` becomes
 * `import wmpfVoip from 'wmpf-voip'`.
 */
declare const wmpfVoip: WmpfVoip;
export default wmpfVoip;

/** What `requirePlugin('wmpf-voip').default` is. */
export interface WmpfVoip {
  /**
   * Creates a room and has the room service remind the listener.
   *
   * It never throws synchronously. What fails before a request has left (a wrong parameter, a wrong
   * configuration, another call that is still starting) rejects with a {@link VoipPluginError}; what
   * fails after resolves with `isSuccess: false`.
   *
   * A request that the host could not send or get answered is sent once more, as the same call. If no
   * answer comes at all, the service is told that nobody waits for the call any more.
   */
  initByCaller(req: InitByCallerRequest, options?: CallOptions): Promise<InitByCallerResult>;
  /** The path of the call page, to go to after a successful call. */
  readonly CALL_PAGE_PATH: string;
}

/** The request of `initByCaller`; `null` and `undefined` both mean "not passed". */
export type InitByCallerRequest =
  | PaymentRequest
  | DeviceToPhoneRequest
  | PhoneToDeviceRequest;

/** The fields that every kind of call has. */
export interface CallRequest {
  /** `voice`: audio; `video`: audio and video. */
  roomType: 'voice' | 'video';
  /** Who calls. */
  caller: Party;
  /** Who is called. */
  listener: Party;
  /**
   * Which version of the mini-program the reminder opens. Default `formal`.
   */
  miniprogramState?: 'formal' | 'trial' | 'developer' | null | undefined;
  /**
   * Appended to the path that opens the listener's call page: percent-encoded pairs such as
   * `a=1&b=2`, each with a key, without `?`, `#` and control characters.
   */
  customQuery?: string | null | undefined;
  /** The longest duration of the call in seconds, greater than 0; counts from `startVoip`. */
  timeLimit?: number | null | undefined;
}

/** `businessType` 0 or 3: a face-payment device calls, billed by duration (0) or license (3). */
export interface PaymentRequest extends CallRequest {
  /** Default 0. */
  businessType?: 0 | 3 | null | undefined;
  /** The payment's voip_token. */
  voipToken: string;
}

/** `businessType` 1: a device calls a phone. `caller.id` is the SN, `listener.id` the openId. */
export interface DeviceToPhoneRequest extends CallRequest {
  businessType: 1;
  /**
   * The deviceToken of a device that was registered with the authentication SDK. A device that was
   * registered through WMPF leaves it out; an empty string counts as left out.
   */
  voipToken?: string | null | undefined;
}

/** `businessType` 2: a phone calls a device. `caller.id` is the openId, `listener.id` the SN. */
export interface PhoneToDeviceRequest extends CallRequest {
  businessType: 2;
  /** The device's pushToken. */
  voipToken: string;
}

/** One of the two parties. */
export interface Party {
  /** A device's SN, a user's openId or a face-payment user_id, by `businessType`. Not empty. */
  id: string;
  /** The name to show. A device's name is always the one given at its authorisation. */
  name?: string | null | undefined;
  /** Whether the camera is on when the call starts: 0 on (default), 1 off. */
  cameraStatus?: 0 | 1 | null | undefined;
}

/** How to make a call; the original has no such options. */
export interface CallOptions {
  /**
   * Cancels the call while it starts: it then fails with 1008 and the signal's reason as its `cause`,
   * and a listener who is being reminded already is not reminded any longer.
   */
  signal?: AbortSignalLike | null | undefined;
}

/** What is used of an `AbortSignal`. */
export interface AbortSignalLike {
  /** Whether it has been aborted already. */
  readonly aborted: boolean;
  /** Why; the `cause` of the call's error. */
  readonly reason?: any;
  /** Has the listener called when it is aborted. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Takes the listener away again. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Look at `isSuccess` first. */
export type InitByCallerResult = InitByCallerSuccess | InitByCallerFailure;

/** The room exists and the listener is being reminded. */
export interface InitByCallerSuccess {
  isSuccess: true;
  /** Names the call. Opaque. */
  roomId: string;
  /** The same as `roomId`. */
  groupId: string;
  /** How the call is billed. */
  chargeType: 'duration' | 'license';
}

/** The request has left, and failed. */
export interface InitByCallerFailure {
  isSuccess: false;
  /** See {@link explain}. */
  errCode: number;
  /** `initByCaller:fail <what was wrong and what to do>` */
  errMsg: string;
  /** The same as an error object. */
  errObj: VoipCgiError;
  /** @deprecated Use `errCode` and `errMsg`. */
  error: DeprecatedError;
  /** The same as `errMsg`, for callers that expect an error. Not enumerable. */
  readonly message: string;
}

/** The first form that a failure had. */
export interface DeprecatedError {
  /** The code as a string. */
  err_code: string;
  /** The same as the failure's. */
  errMsg: string;
}

/** What {@link configure} takes. */
export interface Options {
  /** The address of the room service, `http(s)://host[:port]`. */
  endpoint?: string | undefined;
  /** The session token that says who this party is. */
  token?: string | undefined;
  /** How long a call may wait for its host and for the service, in milliseconds: 1 to 60000, default 10000. */
  timeout?: number | undefined;
  /**
   * Which end of a call this host is. Where it is said, a call that belongs to the other end is refused:
   * `businessType` 1 is the device's (1006), 2 the phone's (1007).
   */
  role?: 'device' | 'phone' | undefined;
  /**
   * Fetches the deviceToken of a device that was registered through WMPF. It is asked before each call of
   * `businessType` 1 without a `voipToken`; if it fails, the call does with 1000.
   */
  getDeviceToken?: (() => string | PromiseLike<string>) | undefined;
  /** Sends the requests; like the platform's `fetch`. Not together with `wx`. */
  fetch?: FetchLike | undefined;
  /**
   * Sends the requests by its `request`; like the platform's `wx`. Not together with `fetch`. If its
   * `getAccountInfoSync` says that the mini-program is released, calls are always `formal`.
   */
  wx?: WxLike | undefined;
}

/** What is used of a `fetch`. */
export type FetchLike = (
  url: string,
  init: FetchInit,
) => PromiseLike<{ status: number; text(): PromiseLike<string> }>;

/** What a {@link FetchLike} is given. */
export interface FetchInit {
  /** POST creates a call, DELETE takes one back. */
  method: 'POST' | 'DELETE';
  /** Among them the session token and the call's idempotency key. */
  headers: Record<string, string>;
  /** JSON, or empty. */
  body: string;
  /** An `AbortSignal`, where the host has them: the call's time is over, or it was cancelled. */
  signal?: any;
}

/** What is used of a `wx`. */
export interface WxLike {
  /** Sends a request. What it returns may have an `abort`. */
  request(options: {
    url: string;
    method: 'POST' | 'DELETE';
    header: Record<string, string>;
    data: string;
    dataType: 'text';
    timeout: number;
    success: (answer: { statusCode: number; data: any }) => void;
    fail: (error: { errMsg: string; errno?: number }) => void;
  }): unknown;
  /** Says which version of the mini-program this is. */
  getAccountInfoSync?(): { miniProgram: { envVersion: string } };
}

/**
 * Says where the room service is, who this party is and how requests are sent. What is left out stays as
 * it was; what is `undefined` is taken back. Calls that were made before keep what they began with.
 * Without `fetch` and `wx` the host's own `wx.request` is used where there is one, else its
 * `fetch`. The options are checked by the next call, which rejects with a {@link VoipPluginError} if
 * one is wrong.
 */
export function configure(options: Options): void;

/**
 * Loads the wasm. Calling it is optional: the first call does the same.
 *
 * @param source Where the wasm is (a path or a URL), or the wasm itself (an ArrayBuffer, a typed array
 * or a WebAssembly.Module), if it is not beside this module. In a mini-program: its path in the code package, if it is not
 * where WeChat's npm builder puts it; or `{ path, webAssembly }`, if the host's WebAssembly is none of WXWebAssembly,
 * TTWebAssembly, MYWebAssembly and WebAssembly. If it cannot be loaded from there, later calls try the same place again.
 */
export function init(source?: string | object): Promise<void>;

/** Everything that is wrong with a request, in the order of its fields, without calling. */
export function check(req: unknown): Promise<Problem[]>;

/** One thing that is wrong with a request. */
export interface Problem {
  /** The field, such as `listener.id`. */
  path: string;
  /** 1004, or 1001 for a token that is required. */
  code: number;
  /** What the field takes, in words. */
  expected: string;
  /** What came, in words; never the value of a token. */
  got: string;
}

/** What a code means; `undefined` where the contract has no such code. */
export function explain(errCode: number, language?: 'en' | 'zh'): Explanation | undefined;

/** What a code means. */
export interface Explanation {
  /** The code that was asked for. */
  errCode: number;
  /** A stable name. */
  name: string;
  /** Who notices the failure. */
  raisedBy: 'backend' | 'plugin' | 'join';
  /** What the code says. */
  meaning: string;
  /** What usually leads to it. */
  cause: string;
  /** What to do about it. */
  remedy: string;
}

/** Every error of this module. */
export class VoipError extends Error {
  constructor(errCode: number, errMsg: string, errno?: number, cause?: unknown);
  /** `<api>:fail <reason>`, the same as `message`. */
  errMsg: string;
  /** See {@link explain}. */
  errCode: number;
  /** The host API's own number, where it gave one. */
  errno?: number;
  /** The original error, where there is one. Not enumerable. */
  cause?: unknown;
  /** Always `false`, so that a failure that was thrown can be read like one that was returned. */
  get isSuccess(): false;
  /** @deprecated Use `errCode` and `errMsg`. */
  get error(): DeprecatedError;
  /** What a log needs: name, message and the members above, without `cause` and `stack`. */
  toJSON(): Record<string, unknown>;
}

/** A request to the room service failed. */
export class VoipCgiError extends VoipError {}

/** Anything else failed. */
export class VoipPluginError extends VoipError {}

/** Joining the room failed. */
export class VoipJoinError extends VoipError {
  constructor(
    errCode: number,
    errMsg: string,
    extErrMsg: string,
    errType: number,
    errno?: number,
    cause?: unknown,
  );
  /** What the media layer said. */
  extErrMsg: string;
  /** The media layer's own number for the kind of failure. */
  errType: number;
}

/**
 * Sound and picture of a call. `wmpf-voip/webrtc` has it for browsers; a host can bring its own. One object serves one call
 * at a time, and may serve another after `leave`.
 */
export interface Media {
  /**
   * Opens microphone and camera. Resolves when this end is ready to talk; rejects with a {@link VoipJoinError} or what
   * the host gave. Nothing is sent to the other side yet.
   */
  join(room: MediaRoom): Promise<void>;
  /** The call starts: both are in the room, and the service passes on what one sends to the other. */
  start(): void;
  /** A text of the other side's media, as it was sent there. Never throws: the other side is not trusted. */
  receive(payload: string): void;
  /** The other side's socket came or went; what was sent meanwhile is lost. */
  peer(connected: boolean): void;
  /** Whether the other side hears nothing of this one. */
  setMuted(muted: boolean): void;
  /**
   * Turns the camera on or off. What is returned may be a promise: it rejects where the camera cannot be opened, which
   * is then off. The call goes on.
   */
  setCamera(on: boolean): void | PromiseLike<void>;
  /** Takes another camera of this device, if there is one. */
  switchCamera(): PromiseLike<void>;
  /** Ends it; everything is released. May be called at any time, more than once. */
  leave(): void;
}

/** The room that a {@link Media} enters. */
export interface MediaRoom {
  roomId: string;
  /** The same as `roomId`. */
  groupId: string;
  roomType: 'voice' | 'video';
  isCaller: boolean;
  /** Whether the camera is on at first; without meaning where `roomType` is `voice`. */
  camera: boolean;
  /** Whether the microphone is muted at first. */
  muted: boolean;
  /** STUN and TURN servers, as an `RTCPeerConnection` takes them. */
  iceServers: IceServer[];
  /** What `wx.joinVoIPChat` takes, where the service could sign it. */
  voipChat?: VoipChat | undefined;
  /** Whether the other side's socket is open. */
  peerConnected: boolean;
  /** Gives a text of at most 48 KiB to the other side's media. It is lost unless both sides' sockets are open. */
  send(payload: string): void;
  /** What there is to see and hear; called again whenever that has changed. */
  onStreams(streams: MediaStreams): void;
  /**
   * How the connection to the other side is. `failed` says that there has been none for so long that the call may as well
   * be ended; a `connected` can still follow.
   */
  onState(state: 'connecting' | 'connected' | 'failed' | 'disconnected'): void;
  /** The camera went off by itself, because of the error. */
  onCamera?: ((on: boolean, error: VoipJoinError) => void) | undefined;
  /** The call cannot go on, for example because the microphone was unplugged; the reason is for `abortVoip`. */
  onAbort(reason: string): void;
}

/** In a browser each is a `MediaStream`. */
export interface MediaStreams<Stream = any> {
  /** Of this end. It has a video track only while the camera is on. */
  local?: Stream | undefined;
  /** Of the other end. It has a video track only while the camera there is on. */
  remote?: Stream | undefined;
}

/** A STUN or TURN server. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** What `wx.joinVoIPChat` takes. */
export interface VoipChat {
  groupId: string;
  nonceStr: string;
  /** In seconds since the Unix epoch. */
  timeStamp: number;
  signature: string;
}
