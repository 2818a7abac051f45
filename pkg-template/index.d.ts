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
   * configuration, another call that is still starting or whose page is open) rejects with a
   * {@link VoipPluginError}; what fails after resolves with `isSuccess: false`.
   *
   * A request that the host could not send or get answered is sent once more, as the same call. If no
   * answer comes at all, the service is told that nobody waits for the call any more.
   */
  initByCaller(req: InitByCallerRequest, options?: CallOptions): Promise<InitByCallerResult>;
  /** The path of the call page, to go to after a successful call. */
  readonly CALL_PAGE_PATH: string;
  /**
   * Has the listener told of everything that happens in the calls whose pages are open in this module. Returns the
   * function that takes it away again. What a listener throws is reported as unhandled; the other listeners hear the event all the same.
   */
  onVoipEvent(listener: (event: VoipEvent) => void): () => void;
  /**
   * Calls a device that runs a mini-program from a phone, without an authorisation. Rejects on every failure: with a
   * {@link VoipCgiError} where the service refused or could not be asked, else with a {@link VoipPluginError}.
   */
  callWMPF(req: WmpfCallRequest): Promise<PlacedCall>;
  /**
   * Calls a device that runs no mini-program (Linux, RTOS) from a phone. Nobody is reminded: with `isCloud` the service
   * tells the mini-program's own backend. Rejects as `callWMPF` does.
   */
  callDevice(req: DeviceCallRequest): Promise<PlacedCall>;
  /** Asks which users have authorised a device. Rejects as `callWMPF` does. */
  getIotBindContactList(req: BindContactQuery): Promise<BindContactList>;
  /**
   * Ends the calls of this module: one that is still starting (it fails with 1008, and a room that it got all the same is
   * given up), and the one whose page is open, else one that was placed and has no page yet. With a `roomId` only if it is
   * that call. Nothing happens where there is none. A call that was placed without a page, and has met the one by which
   * the other party calls, is left to ring.
   */
  forceHangUpVoip(roomId?: string | null): void;
  /**
   * What the mini-program was entered with by way of the call page, as the host's `wx.getEnterOptionsSync` says it. A
   * host without that: the path and the query of the first page that was opened with {@link openCall}. Stale where a page is
   * opened while the mini-program is in front already: then `getPluginOnloadOptions` has what it was opened with. Names and
   * values stand as they do in the path: percent-encoded.
   */
  getPluginEnterOptions(): EnterOptions;
  /**
   * The query of the page that was opened last with {@link openCall}, as the page was given it: percent-encoded. Empty before.
   */
  getPluginOnloadOptions(): Record<string, string>;
  /**
   * Says what call pages show, as {@link CallView.ui} has it. What is left out stays as it was; `callerUI` and
   * `listenerUI` are replaced as a whole. Throws a {@link VoipPluginError} that names what is wrong.
   */
  setUIConfig(config: UIConfig): void;
  /** Says where call pages go after the call, as {@link Call.endPage} has it. Throws as `setUIConfig` does. */
  setVoipEndPagePath(req: EndPageRequest): void;
  /** The same as `setUIConfig({ btnText: text })`; an empty text takes the button away. */
  setCustomBtnText(text: string): void;
}

/** What `callWMPF` and `callDevice` have in common; `null` and `undefined` both mean "not passed". */
export interface PhoneCallRequest {
  /** `voice`: audio; `video`: audio and video. */
  roomType: 'voice' | 'video';
  /** The device that is called. */
  sn: string;
  /** Its model. */
  modelId: string;
  /** The name that the caller sees; default that of the model. */
  deviceName?: string | null | undefined;
  /** How the call is billed. Default `license`. */
  chargeType?: 'duration' | 'license' | null | undefined;
  /** The longest duration of the call in seconds, greater than 0; counts from `startVoip`. */
  timeLimit?: number | null | undefined;
  /** Whether the caller starts with the camera on. Default true. */
  enableCallerCamera?: boolean | null | undefined;
  /** Whether the device starts with the camera on. Default true. */
  enableListenerCamera?: boolean | null | undefined;
}

/** The request of `callWMPF`. */
export interface WmpfCallRequest extends PhoneCallRequest {
  /** What the device has fetched to be called. */
  pushToken: string;
  /** The name that the device shows for the caller. */
  nickName: string;
  /** Which version of the mini-program the reminder opens. Default `release`, and always that in a released mini-program. */
  envVersion?: 'release' | 'trial' | 'develop' | null | undefined;
  /** As for `initByCaller`. */
  customQuery?: string | null | undefined;
}

/** The request of `callDevice`. */
export interface DeviceCallRequest extends PhoneCallRequest {
  /** The name that the device is told for the caller; default `微信用户`. The original only records it. */
  nickName?: string | null | undefined;
  /** Whether the mini-program's backend is told of the call. Default false. */
  isCloud?: boolean | null | undefined;
  /** What the backend is told besides. */
  payload?: string | null | undefined;
  /** The longer side of the phone's video: 320, 480 or 640. 0 in this and the next three: as the phone's host chooses. */
  encodeVideoFixedLength?: number | null | undefined;
  /** 1: upright; 2: as the camera has it. */
  encodeVideoRotation?: number | null | undefined;
  /** Width / height * 100. */
  encodeVideoRatio?: number | null | undefined;
  /** The most pictures per second: 8 to 15. */
  encodeVideoMaxFPS?: number | null | undefined;
}

/** The request of `getIotBindContactList`. */
export interface BindContactQuery {
  /** The device. */
  sn: string;
  /** Its model. */
  model_id: string;
  /** 1 to 100 users. */
  openid_list: readonly string[];
}

/** What `callWMPF` and `callDevice` resolve with. */
export interface PlacedCall {
  /** The call. */
  roomId: string;
  /** An error that was caught has them, so that what was caught or resolved can be read alike. */
  errCode?: undefined;
  errMsg?: undefined;
}

/** What `getIotBindContactList` resolves with. */
export interface BindContactList {
  /** 0 */
  errcode: number;
  errmsg: string;
  /** An answer for each user, in the order of the question. */
  contact_list: BindContact[];
  /** An error that was caught has them, so that what was caught or resolved can be read alike. */
  errCode?: undefined;
  errMsg?: undefined;
}

/** Whether one user has authorised the device. */
export interface BindContact {
  openid: string;
  sn: string;
  model_id: string;
  /** 1 authorised, 0 not. */
  status: 0 | 1;
}

/** What a mini-program was entered with. A host may say more of it. */
export interface EnterOptions {
  path: string;
  query: Record<string, string>;
}

/** What `setUIConfig` takes. */
export interface UIConfig {
  /** The text of the developer's own button on the page of a phone that was called, once both talk. */
  btnText?: string | null | undefined;
  /** What is shown of the caller. */
  callerUI?: SideUIConfig | null | undefined;
  /** What is shown of the listener. */
  listenerUI?: SideUIConfig | null | undefined;
  /** Whether a device plays the sound aloud; without effect on a phone. Default true. */
  handsFree?: boolean | null | undefined;
  /** Whether the large picture is this side's own. Default false. */
  isSelfWindowMax?: boolean | null | undefined;
  /** How high the box is that the developer's own button opens. Default `90vh`. */
  customBoxHeight?: '70vh' | '75vh' | '90vh' | null | undefined;
}

/** How one side's picture is shown. */
export interface SideUIConfig {
  /** Default 0. */
  cameraRotation?: 0 | 90 | 180 | 270 | null | undefined;
  /** Default 4 / 3. */
  aspectRatio?: number | null | undefined;
  /** Default false. */
  horMirror?: boolean | null | undefined;
  /** Default false. */
  vertMirror?: boolean | null | undefined;
  /** Whether a phone shows the button that turns its camera off; without effect on a device. Default true. */
  enableToggleCamera?: boolean | null | undefined;
  /** Default `fill`. */
  objectFit?: 'fill' | 'contain' | null | undefined;
}

/** What `setVoipEndPagePath` takes. */
export interface EndPageRequest {
  /** The page to go to. */
  url: string;
  /** After which page: the call's, or (which this package does not have) that on which contacts are bound. */
  key: 'Call' | 'BindContact';
  /** The query: the page is `url + '?' + options`. */
  options?: string | null | undefined;
  /** How the page is opened. Default `redirectTo`. */
  routeType?: 'redirectTo' | 'switchTab' | 'reLaunch' | null | undefined;
}

/** The request of `initByCaller`; `null` and `undefined` both mean "not passed". */
export type InitByCallerRequest = PaymentRequest | DeviceToPhoneRequest | PhoneToDeviceRequest;

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
   * `a=1&b=2`, each with a key, without `?`, `#` and control characters. The names of {@link DeviceCallRequest} that begin
   * with `encodeVideo` say in it how the phone encodes its video.
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

/**
 * Look at `isSuccess` first. Each case has the members of the other one as `undefined`, so that they can be named before it is known
 * which it is, and in a project without `strict`.
 */
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
  errCode?: undefined;
  errMsg?: undefined;
  errObj?: undefined;
  /** @deprecated */
  error?: undefined;
  message?: undefined;
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
  roomId?: undefined;
  groupId?: undefined;
  chargeType?: undefined;
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
   * Which end of a call this host is. Where it is given, a call that belongs to the other end is refused:
   * `businessType` 1 is the device's (1006), 2 the phone's (1007).
   */
  role?: 'device' | 'phone' | undefined;
  /**
   * Fetches the deviceToken of a device that was registered through WMPF. It is called before each call of
   * `businessType` 1 without a `voipToken`; if it fails, the call fails with 1000.
   */
  getDeviceToken?: (() => string | PromiseLike<string>) | undefined;
  /** Sends the requests; like the platform's `fetch`. Not together with `wx`. */
  fetch?: FetchLike | undefined;
  /**
   * Sends the requests by its `request`; like the platform's `wx`. Not together with `fetch`. If its
   * `getAccountInfoSync` says that the mini-program is released, calls are always `formal`.
   */
  wx?: WxLike | undefined;
  /** Opens sockets; like the platform's `WebSocket`. Not together with `connectSocket`. */
  WebSocket?: WebSocketLike | undefined;
  /**
   * Opens sockets; like the platform's `wx.connectSocket`. Without it and `WebSocket` that of `wx` is used, else the
   * host's own `wx.connectSocket`, else its `WebSocket`.
   */
  connectSocket?: ConnectSocketLike | undefined;
}

/** What is used of a `fetch`. */
export type FetchLike = (
  url: string,
  init: FetchInit,
) => PromiseLike<{
  status: number;
  text(): PromiseLike<string>;
  /** Of the headers only `retry-after` is read: when the service wants to be asked again. */
  headers?: { get(name: string): string | null };
}>;

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
  /** The request ends a call, whose page may be closed at this moment. */
  keepalive?: true;
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
    success: (answer: { statusCode: number; data: any; header?: any }) => void;
    fail: (error: { errMsg: string; errno?: number }) => void;
  }): unknown;
  /** Opens the sockets of {@link openCall} and {@link listen}, unless `configure` was given another way. */
  connectSocket?: ConnectSocketLike;
  /** Reads the name of this device, which the module keeps; see {@link openCall}. */
  getStorageSync?(key: string): any;
  /** Writes it. */
  setStorageSync?(key: string, value: string): void;
  /** Says which version of the mini-program this is. */
  getAccountInfoSync?(): { miniProgram: { envVersion: string } };
  /** What {@link WmpfVoip.getPluginEnterOptions} gives. */
  getEnterOptionsSync?(): EnterOptions;
  /** Has sockets come back at once when the mini-program is shown again; only together with `offAppShow`. */
  onAppShow?(listener: (options: any) => void): void;
  /** Takes that listener away. */
  offAppShow?(listener: (options: any) => void): void;
  /** Has a call that was left end at once when the mini-program is hidden; only together with `offAppHide`. */
  onAppHide?(listener: (result: any) => void): void;
  /** Takes that listener away. */
  offAppHide?(listener: (result: any) => void): void;
  /** Has sockets come back at once when the network does; only together with `offNetworkStatusChange`. */
  onNetworkStatusChange?(listener: (status: any) => void): void;
  /** Takes that listener away. */
  offNetworkStatusChange?(listener: (status: any) => void): void;
}

/** What is used of a `WebSocket` class. */
export interface WebSocketLike {
  new (
    url: string,
    protocols: string[],
  ): {
    onopen: ((event: any) => any) | null;
    onmessage: ((event: any) => any) | null;
    onclose: ((event: any) => any) | null;
    onerror: ((event: any) => any) | null;
    send(data: string): void;
    close(): void;
  };
}

/** What is used of a `wx.connectSocket`. */
export type ConnectSocketLike = (options: { url: string; protocols: string[]; fail: (error: any) => void }) => {
  onOpen(listener: (event: any) => void): void;
  onMessage(listener: (message: { data: any }) => void): void;
  onClose(listener: (end: any) => void): void;
  onError(listener: (error: any) => void): void;
  send(options: { data: string; fail: (error: any) => void }): void;
  close(options: {}): void;
};

/**
 * Says where the room service is, who this party is and how requests are sent. What is left out stays as
 * it was; what is `undefined` goes back to its default. Calls that were made before keep what they began with.
 * Without `fetch` and `wx` the host's own `wx.request` is used where there is one, else its
 * `fetch`. The options are checked by the next call, which rejects with a {@link VoipPluginError} if
 * one is wrong.
 */
export function configure(options: Options): void;

/**
 * Loads the wasm. Calling it is optional: the first call does the same.
 *
 * @param source Where the wasm is (a path or a URL), or the wasm itself (an ArrayBuffer, a typed array
 * or a WebAssembly.Module), if it is not beside this module. In a Cloudflare Worker: a WebAssembly.Module. In a mini-program: its
 * path in the code package, if it is not where WeChat's npm builder puts it; or `{ path, webAssembly }`, if the host's WebAssembly
 * is none of WXWebAssembly, TTWebAssembly, MYWebAssembly and WebAssembly. If it cannot be loaded from there, later calls try the
 * same place again.
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
  /** What the field takes, in English, as `errMsg` says it. */
  expected: string;
  /** What came, in English; never the value of a token. */
  got: string;
  /** The same in Chinese. */
  zh: {
    expected: string;
    got: string;
  };
}

/**
 * What a call page does: it takes part in a call and shows how far it is.
 *
 * A caller's page joins at once, a listener's when it answers. The call is over for this end with `hangUp`, with
 * `unload`, a second after `leave`, or when {@link CallView.state} is `ended`; then everything is released. One call of this
 * module is open at a time: another one that is opened ends it as `unload` does, and `initByCaller` rejects with 1005, unless
 * it calls back the party that rings on the page. A page that
 * is opened for the same call goes on with it, and the one before is `elsewhere`.
 *
 * Two who call each other at about the same time meet in the older call. Whoever has called later is its listener, and its page
 * answers by itself: {@link CallView.isCaller} is `false` then.
 *
 * A page that is loaded anew goes on with its call if it is opened with the room: by the reminder's `path`, or as the caller
 * by `?groupId=<roomId>&isCaller=1`. Keeping that is the page's part; the module itself knows of no call any more. What the
 * module keeps is the name by which the service knows this device, and what was chosen last by `setMuted` and `setCamera`, in the
 * tab's `sessionStorage` or in the storage of `wx`. Where there is neither, a module that is loaded anew is another device.
 *
 * The microphone and the camera begin as they were left, whatever opens the call again. Where this side was in the call
 * already and nobody knows how it was, it begins muted and with the camera off.
 *
 * @param page What the page was opened with: {@link WmpfVoip.CALL_PAGE_PATH}, a reminder's `path`, or the query as the
 * host has parsed it. Without a room (`groupId`) in it: the call that `initByCaller`, `callWMPF` or `callDevice` has made last.
 * Where it is left out: the same, for a page that is open already and goes on with its next call.
 * What is wrong with it ends the call, as {@link CallView.errCode} and `detail` say; wrong options throw a
 * {@link VoipPluginError}.
 */
export function openCall(page: string | PageQuery | null | undefined, options: CallPageOptions): Call;

/** The parameters of a page. */
export type PageQuery = { readonly [name: string]: string | null | undefined };

/** What {@link openCall} takes. */
export interface CallPageOptions {
  /** Is given a new view whenever something of it has changed, until `leave` or `unload`. */
  show(view: CallView): void;
  /** Sound and picture. Without it the call has none. */
  media?: Media | null | undefined;
  /**
   * Whether `isClickedHangOnBtn=1` in `page` answers without a tap, false by default. Whoever makes a link can write that into
   * it: pass true only where your own code has made `page`. In a mini-program, and for a call whose reminder {@link listen} has
   * brought, it answers without this, too.
   */
  answersByQuery?: boolean | null | undefined;
}

/** A call that its page has opened. */
export interface Call {
  /** What the page shows. */
  readonly view: CallView;
  /** Takes an incoming call. Call it in the handler of the user's tap, where browsers let a camera be opened. */
  answer(): void;
  /** Cancels, rejects or hangs up, depending on how far the call is. */
  hangUp(): void;
  /**
   * Takes the call back from another page of this device, while {@link CallView.canContinue} is true. Call it in the handler
   * of the user's tap, as `answer`.
   */
  continueHere(): void;
  /**
   * The page is gone for now, as when a component unmounts: camera and microphone are released at once, and nothing is shown any
   * more. If no page is opened for the same call within a second, it is over as after `hangUp`.
   */
  leave(): void;
  /**
   * The page is closed, as in a mini-program's `onUnload`: as `leave`, and the call is over at once. In a browser call it on
   * `pagehide` only if a page that is loaded anew is not to go on with its call.
   */
  unload(): void;
  /** Whether the other side hears nothing. */
  setMuted(muted: boolean): void;
  /** Whether the camera is on. */
  setCamera(on: boolean): void;
  /** Takes the next camera. Rejects where the media does. */
  switchCamera(): Promise<void>;
  /**
   * The page is shown again: listeners hear `callPageOnShow`, and a connection that was lost meanwhile comes back at once. The
   * first time {@link openCall} says so by itself.
   */
  shown(): void;
  /** The user has opened the box of the developer's own button: listeners hear so. */
  showCustomBox(): void;
  /** The user has closed it again. */
  hideCustomBox(): void;
  /** Where the page goes after the call, if `setVoipEndPagePath` has said. */
  endPage(): EndPage | undefined;
}

/** Where a page goes after the call. */
export interface EndPage {
  /** With its query. */
  url: string;
  routeType: 'redirectTo' | 'switchTab' | 'reLaunch';
}

/** What `setUIConfig` has said, and the defaults. */
export interface CallUI {
  /** Empty: there is no such button. */
  btnText: string;
  callerUI: SideUI;
  listenerUI: SideUI;
  handsFree: boolean;
  isSelfWindowMax: boolean;
  customBoxHeight: '70vh' | '75vh' | '90vh';
}

/** How one side's picture is shown. */
export interface SideUI {
  cameraRotation: 0 | 90 | 180 | 270;
  aspectRatio: number;
  horMirror: boolean;
  vertMirror: boolean;
  enableToggleCamera: boolean;
  objectFit: 'fill' | 'contain';
}

/** What a call page shows. */
export interface CallView {
  /**
   * - `idle`: there is no call yet: nothing was placed, or the page is a warm-up (`isPreLaunch=1`). A call that is placed
   *   while the page is open begins in it.
   * - `outgoing`: the other side rings, or is entering the room.
   * - `incoming`: this side rings.
   * - `joining`: this side has answered, and not both are in the room.
   * - `connected`: both are, from `startVoip`.
   * - `ended`: it is over for this page, and stays so, unless `continueHere` takes it back.
   */
  state: 'idle' | 'outgoing' | 'incoming' | 'joining' | 'connected' | 'ended';
  /** Names the call. */
  roomId: string;
  /** Empty until it is known. */
  roomType: 'voice' | 'video' | '';
  /** Whether this side has placed the call. */
  isCaller: boolean;
  /** The other side's name. */
  name: string;
  /** Whether the other side hears nothing. */
  muted: boolean;
  /** Whether this side's camera is on. */
  camera: boolean;
  /** Why the camera is off although it was to be on. The call goes on. */
  cameraProblem?: DeviceProblem;
  /** Why nothing is heard of this side although it is not muted. The call goes on, and the microphone may come back. */
  microphoneProblem?: DeviceProblem;
  /**
   * Whether the call's socket is open: false until the service has said what the call is, and again once the call has ended.
   * While it is false in between, the call goes on and the module connects again.
   */
  online: boolean;
  /** When the call started, in milliseconds since the Unix epoch. */
  startedAt?: number;
  /** For how many seconds both have been in the room. */
  keepTime: number;
  /** How far the media is, as it says itself. */
  media?: MediaState;
  /** Why it is over. */
  reason?: EndReason;
  /**
   * With the reason `elsewhere`: whether it is on in another page of this device, and `continueHere` takes it back. Once that page
   * is closed, 15 seconds are left for it.
   */
  canContinue?: boolean;
  /** Of a call that was `cancelled`, `rejected` or `hungUp`: what did it; `other` is the other side. */
  origin?: Origin;
  /** Of a call that `failed`, was `refused` or `aborted`: the code, where there is one. See {@link explain}. */
  errCode?: number;
  /** What went wrong, for the developer. {@link explain} and {@link explainAbort} have words for the user. */
  detail?: string;
  /** This side's picture and sound, as the media gives them. */
  localStream?: any;
  /** The other side's. */
  remoteStream?: any;
  /** What the developer has set with `setUIConfig`, and the defaults. */
  ui: CallUI;
}

/** What is wrong with the camera or the microphone of this side. */
export interface DeviceProblem {
  /** What media have given: 2102 it is not allowed, 2007 it is missing, in use, paused or broken. See {@link explain}. */
  errCode?: number;
  /** What went wrong, for the developer. */
  detail: string;
}

/**
 * Why a call is over: by hand (`cancelled`, `rejected`, `hungUp`), nobody answered (`timeout`), the listener is in
 * another call (`busy`), it broke (`aborted`), a side could not enter the room (`joinFailed`), another device of this
 * user has taken it, or another page of this one (`elsewhere`), the service does not give it to this party (`refused`), or the page could not
 * take part in it (`failed`).
 */
export type EndReason =
  | 'cancelled'
  | 'rejected'
  | 'hungUp'
  | 'timeout'
  | 'busy'
  | 'aborted'
  | 'joinFailed'
  | 'elsewhere'
  | 'refused'
  | 'failed';

/** What ended a call: this side's button, its page that was left, `forceHangUpVoip`; the other side; `timeLimit`. */
export type Origin = 'manual' | 'unloadCallPage' | 'forceFromApp' | 'other' | 'timeLimit';

/** What media says of itself. */
export type MediaState = 'connecting' | 'connected' | 'failed' | 'disconnected';

/**
 * The sound and picture of a call. `wmpf-voip/webrtc` has it for browsers; a host can bring its own. One object serves one
 * call at a time, and may serve another after `leave`.
 */
export interface Media {
  /**
   * Enters the room; called once, when the caller's page has opened or the listener answers, and again, after `leave`, when the
   * call is taken back by {@link Call.continueHere}. Resolves when this end is ready (camera and microphone are open), rejects
   * with a {@link VoipJoinError} or the host's own error. A camera that cannot be had is no reason to reject: it is
   * {@link MediaRoom.onCamera}, and the sound goes on. So 2007, 2102 and 2103 are about the microphone, and the other side is told
   * so.
   */
  join(room: MediaRoom): PromiseLike<void> | void;
  /** Both are in the room (`startVoip`), and what is sent arrives: connect the two. Called once, after `join` has resolved. */
  start(): void;
  /** A text of the other side's media, as it was sent there. The other side is not trusted. */
  receive(payload: string): void;
  /** The other side's socket came or went; what was sent meanwhile is lost. */
  peer(connected: boolean): void;
  /** Whether the other side hears nothing of this one. */
  setMuted(muted: boolean): void;
  /** Turns the camera on or off. Where it cannot be opened it stays off, and the call goes on. */
  setCamera(on: boolean): PromiseLike<void> | void;
  /** Takes another camera of this device, if there is one. */
  switchCamera(): PromiseLike<void> | void;
  /** Ends it, also while it joins; everything is released. May be called more than once. */
  leave(): void;
}

/** The room that a {@link Media} enters. */
export interface MediaRoom {
  roomId: string;
  /** The same as `roomId`. */
  groupId: string;
  roomType: 'voice' | 'video';
  isCaller: boolean;
  businessType: 0 | 1 | 2 | 3;
  /** As the call was placed: a device's SN, a user's openId or a face-payment user_id. */
  callerId: string;
  listenerId: string;
  /** Whether the camera is on at first. */
  camera: boolean;
  /** Whether the microphone is off at first. */
  muted: boolean;
  /**
   * How the two sides find a way to each other, as an `RTCPeerConnection` takes it. There are relays from the answer on,
   * before `start`, and their credentials have an end: this is always what the service has said last.
   */
  iceServers: IceServer[];
  /** What `wx.joinVoIPChat` takes, where the service has this user's session_key. */
  voipChat?: VoipChat | undefined;
  /** How the phone's side is to encode its video, if the caller has said so. */
  encodeVideo?: EncodeVideo | undefined;
  /** Whether the other side's socket is open. */
  peerConnected: boolean;
  /** Has the other side's media `receive` a text of at most 49,152 bytes of UTF-8. It is dropped unless both are in the room. */
  send(payload: string): void;
  /** Says what there is to show; what is left out is gone. */
  onStreams(streams: MediaStreams): void;
  /**
   * Says how the connection to the other side is. `failed` says that there has been none for so long that the call may as
   * well be ended; `connected` can still follow.
   */
  onState(state: MediaState): void;
  /** Says that the camera went off (or on) by itself, and why: {@link CallView.cameraProblem}. */
  onCamera(on: boolean, error?: string | Error): void;
  /** Says that the microphone gives nothing (or something again), and why: {@link CallView.microphoneProblem}. */
  onMicrophone(on: boolean, error?: string | Error): void;
  /** The host has broken the call: it is `abortVoip` for both. The code of a {@link VoipJoinError} is kept. */
  onAbort(reason: string | Error): void;
}

/**
 * How a phone encodes the video that it sends: what `callDevice` takes as `encodeVideoFixedLength`, `encodeVideoRotation`,
 * `encodeVideoRatio` and `encodeVideoMaxFPS`, and every other kind of call in its `customQuery` by the same names. 0 leaves it to
 * the host, and so does what is out of range in a `customQuery`.
 */
export interface EncodeVideo {
  /** The longer side. */
  fixedLength: 0 | 320 | 480 | 640;
  /** 1: upright; 2: as the camera has it. */
  rotation: 0 | 1 | 2;
  /** Width / height * 100. */
  ratio: number;
  /** The most pictures per second: 8 to 15. */
  maxFPS: number;
}

/** In a browser each is a `MediaStream`, which has a video track only while that side's camera is on. */
export interface MediaStreams<Stream = any> {
  /** Of this end. */
  local?: Stream | undefined;
  /** Of the other end. */
  remote?: Stream | undefined;
}

/** A STUN or TURN server. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** What the service signs for `wx.joinVoIPChat`. */
export interface VoipChat {
  groupId: string;
  nonceStr: string;
  timeStamp: number;
  signature: string;
}

/** What {@link WmpfVoip.onVoipEvent} tells. An event of a call is told once in a module, whatever pages were opened for it. `data` is always an object, even where there is nothing to say. */
export type VoipEvent = {
  [Name in keyof VoipEvents]: {
    eventName: Name;
    data: VoipEvents[Name];
  } & (Name extends PageEventName ? { roomId?: undefined; groupId?: undefined } : { roomId: string; groupId: string });
}[keyof VoipEvents];

/** The events that are about the page, and not about one call. */
export type PageEventName = 'callPageOnShow' | 'bindContact';

/** The data of each event, by its name. Times are whole seconds. */
export interface VoipEvents {
  /** Both are in the room. */
  startVoip: {};
  /** The call broke: at this end, or (`unknown`) at the other one. */
  abortVoip: {
    keepTime: number;
    status: 'abortByListener' | 'abortByCaller' | 'unknown';
    /**
     * Why. The documented texts are `room status is abort` (with `unknown`), `listener waitOtherToJoin timeout`,
     * `call interrupted due to close passive float ball`, `in comming call` (sic) and `call interrupted due to native reason`.
     */
    error: { errMsg: string };
  };
  /** The listener has taken the call; only it hears so. */
  hangOnVoip: {};
  /** The caller has ended the call before it started. */
  cancelVoip: { status: Exclude<Origin, 'timeLimit'> };
  /** The listener has ended the call before it started. */
  rejectVoip: { status: Exclude<Origin, 'timeLimit'> };
  /** The call, having started, was ended. */
  hangUpVoip: { keepTime: number; status: 'endByListener' | 'endByCaller'; origin: Origin };
  /** The summary, after the event that says how it ended. */
  endVoip: {
    keepTime: number;
    callerName: string;
    listenerName: string;
    roomType: 'voice' | 'video';
    isCaller: boolean;
    businessType: 0 | 1 | 2 | 3;
  };
  /** The listener is in another call; only the caller hears so. */
  busy: {};
  /** The call goes on; each second from `startVoip`. */
  calling: { keepTime: number };
  /** Nobody has answered. */
  timeout: {};
  /** The caller is in the room; only it hears so. */
  joinedRoomByCaller: {};
  /** The caller could not enter the room; only it hears so. */
  joinFailCaller: { errMsg: string; message: string };
  /** The listener could not enter the room; only it hears so. */
  joinFailListener: { errMsg: string; message: string };
  /** The bill. Always the last. */
  finishVoip: { keepTime: number };
  /**
   * A call page was opened. A call that a listener starts now, while the page has none, begins in that page. Not for a
   * warm-up (`isPreLaunch=1`).
   */
  callPageOnShow: {};
  /** The user has opened the box of the developer's own button. */
  showCustomBox: { callerId: string; listenerId: string };
  /** The user has closed it. */
  hideCustomBox: { callerId: string; listenerId: string };
  /** Of the original's page on which contacts are bound, which this package does not have: it never comes. */
  bindContact: { type: string; errMsg: string; userId: string };
}

/**
 * Waits for calls: a socket that brings this party's reminders, and comes back by itself. Returns the function that ends it.
 * Throws a {@link VoipPluginError} where it cannot begin.
 */
export function listen(handlers: ListenHandlers): () => void;

/** What {@link listen} takes. */
export interface ListenHandlers {
  /**
   * Somebody calls: open the page that the reminder names. Called once for each call, however often the socket comes back.
   * While a call is placed here, and until its page has opened (3 s at most), it waits, and a call that turns out to be the
   * placed one is not told of.
   */
  onReminder(reminder: Reminder): void;
  /** A call no longer rings: it was answered on one device, or it is over. It need not have been heard of. */
  onCancelled?(roomId: string): void;
  /**
   * How the connection is, and for `closed` why, where the host says so. After `expired`, which is the session token's
   * end, it does not come back.
   */
  onState?(state: 'connecting' | 'open' | 'closed' | 'expired', reason?: string): void;
}

/** Somebody calls. */
export interface Reminder {
  type: 'reminder';
  roomId: string;
  /** The same as `roomId`. */
  groupId: string;
  roomType: 'voice' | 'video';
  businessType: 0 | 1 | 2 | 3;
  callerId: string;
  /** The name to show for the caller. */
  callerName: string;
  listenerId: string;
  listenerName: string;
  /** Which version of the mini-program to open. */
  miniprogramState: 'formal' | 'trial' | 'developer';
  chargeType: 'duration' | 'license';
  /** The call page with the query to open it with. */
  path: string;
  /** Until when it rings, in milliseconds since the Unix epoch. */
  ringsUntil: number;
}

/** What a code means; `undefined` where the contract has no such code. */
export function explain(errCode: number, language?: 'en' | 'zh'): Explanation | undefined;

/**
 * What a reason of `abortVoip` means, in words for people.
 *
 * @param errMsg Its `error.errMsg`, which is {@link CallView.detail} of a call that was `aborted`.
 * @returns `undefined` for a reason that is not documented, such as one of a host's media.
 */
export function explainAbort(errMsg: string | undefined, language?: 'en' | 'zh'): string | undefined;

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
  /**
   * The original error, where there is one. Of one that quotes a token or a payload it is a copy without them. Not enumerable.
   */
  cause?: unknown;
  /** Always `false`, so that a failure that was thrown can be read like one that was returned. */
  get isSuccess(): false;
  /** @deprecated Use `errCode` and `errMsg`. */
  get error(): DeprecatedError;
  /** An error that was caught can be read like a result: it has no value for what a success has. */
  readonly roomId?: undefined;
  readonly groupId?: undefined;
  readonly chargeType?: undefined;
  readonly contact_list?: undefined;
  /** A failure that was returned has it. */
  readonly errObj?: undefined;
  /** What a log needs: name, message and the members above, without `cause` and `stack`. */
  toJSON(): Record<string, unknown>;
}

/** A request to the room service failed. */
export class VoipCgiError extends VoipError {}

/** Anything else failed. */
export class VoipPluginError extends VoipError {}

/** Joining the room failed. */
export class VoipJoinError extends VoipError {
  constructor(errCode: number, errMsg: string, extErrMsg: string, errType: number, errno?: number, cause?: unknown);
  /** What the media layer said. */
  extErrMsg: string;
  /** The media layer's own number for the kind of failure. */
  errType: number;
}
