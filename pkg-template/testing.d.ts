/**
 * A room service in memory, for the tests of code that calls. It fakes the way to the service and nothing else: the
 * module under test is the real one, with its own checks, results and error classes.
 *
 * It answers `initByCaller`, `callWMPF`, `callDevice` and the `forceHangUpVoip` of a call that has no page. It has no sockets, so
 * `openCall` and `listen` need the real service, and so does `getIotBindContactList`.
 */

import type { DeviceCallRequest, FetchLike, WmpfCallRequest, WxLike } from 'wmpf-voip';

/** Makes one. It has no timers, no sockets and no state outside of itself, so it need not be stopped. */
export function createFakeService(): FakeService;

/** What {@link createFakeService} makes. */
export interface FakeService {
  /**
   * For `configure`: an endpoint, a token, `fetch`, and a `timeout` of 50 ms, so that a call that nobody answers is over
   * soon. The other options are `undefined`, which resets what was configured before.
   */
  readonly options: {
    readonly endpoint: string;
    readonly token: string;
    readonly timeout: number;
    readonly role: undefined;
    readonly getDeviceToken: undefined;
    readonly fetch: FetchLike;
    readonly wx: undefined;
    readonly WebSocket: undefined;
    readonly connectSocket: undefined;
  };
  /** The same service for code that configures itself: put it in the place of the platform's `fetch`. */
  readonly fetch: FetchLike;
  /** And in the place of the platform's `wx`; it has nothing but `request`. A request that is not one of a call fails, and says so. */
  readonly wx: WxLike;
  /**
   * Says what the next calls are answered with, one answer a call. They are added to those that are left from before. A
   * call for which there is none succeeds.
   *
   * @throws TypeError if one is no answer; then none of them is taken.
   */
  answer(...answers: Array<Answer | AnswerFunction | Array<Answer | AnswerFunction>>): void;
  /** The calls that have arrived, in their order. */
  readonly calls: readonly FakeCall[];
}

/**
 * What becomes of a call:
 *
 * - `{ roomId, chargeType }`: it succeeds. Both may be left out: a new room by `duration`.
 * - `9`, or `{ errCode: 9, errMsg: 'why' }`: the service refuses with a code of its own. Without an
 *   `errMsg`, the reason is the meaning of the code.
 * - `'offline'`: the host cannot send the request, 1002. The module sends it once more.
 * - `'silent'`: nobody answers within `timeout`, 1002.
 * - `{ status: 502 }`: an HTTP error without a body of the service, 1002.
 * - `'garbage'`: something else answers, such as a login page, 1003.
 *
 * An array has an answer for each attempt of one call, of which there are at most two: `['offline', {}]` succeeds when it
 * is sent once more. The last one is for all that follow.
 */
export type Answer = RoomAnswer | number | RefusalAnswer | HttpAnswer | 'offline' | 'silent' | 'garbage';

/** Is called when an attempt arrives, and gives its answer or a promise of it; nothing is a success. */
export type AnswerFunction = (call: FakeCall) => Answer | void | PromiseLike<Answer | void>;

/** The call succeeds. */
export interface RoomAnswer {
  /** Default: `fake-room-1` for the first call, and so on. */
  roomId?: string | undefined;
  /** Default: `duration`. */
  chargeType?: 'duration' | 'license' | undefined;
}

/** The service refuses. */
export interface RefusalAnswer {
  /** One that the service answers with: below 1000. */
  errCode: number;
  /** The reason. Default: what the code means. */
  errMsg?: string | undefined;
}

/** An HTTP error without a body of the service. */
export interface HttpAnswer {
  /** From 300 to 599. */
  status: number;
}

/** A call that has arrived; by its `path` it is known which function has made it. */
export type FakeCall = FakeInitByCaller | FakeCallWMPF | FakeCallDevice;

/** A call of `initByCaller`. */
export interface FakeInitByCaller extends ArrivedCall {
  readonly path: '/v1/calls';
  readonly body: SentRequest;
}

/** A call of `callWMPF`. */
export interface FakeCallWMPF extends ArrivedCall {
  readonly path: '/v1/wmpf-calls';
  readonly body: AsPassed<WmpfCallRequest>;
}

/** A call of `callDevice`. */
export interface FakeCallDevice extends ArrivedCall {
  readonly path: '/v1/device-calls';
  readonly body: AsPassed<DeviceCallRequest>;
}

/** What every call has that has arrived. */
export interface ArrivedCall {
  /** The path at which it has arrived. Not enumerable. */
  readonly path: string;
  /** The session token that it was sent with. Not enumerable. */
  readonly token: string;
  /** How often it has arrived: 2 if the module has sent it once more, with the same idempotency key. */
  readonly attempts: number;
  /**
   * Whether the module has taken it back: its signal was aborted, `forceHangUpVoip` has ended it before its page was
   * opened, or it has failed in a way that may have left it created at the service all the same (1002, 1003, 5).
   */
  readonly isCancelled: boolean;
}

/** A request as it was passed, without what was `null`. Of its members a `pushToken` is not enumerable. */
export type AsPassed<Request> = { readonly [Name in keyof Request]: Exclude<Request[Name], null> };

/** A request of `initByCaller` as it was sent: checked, and with its defaults. */
export interface SentRequest {
  readonly roomType: 'voice' | 'video';
  readonly caller: SentParty;
  readonly listener: SentParty;
  readonly businessType: 0 | 1 | 2 | 3;
  readonly miniprogramState: 'formal' | 'trial' | 'developer';
  readonly customQuery?: string;
  readonly timeLimit?: number;
  /** Not enumerable, so that printing the body does not print it. */
  readonly voipToken?: string;
  /** What `getDeviceToken` gave. Not enumerable. */
  readonly deviceToken?: string;
}

/** One of the two parties, with its defaults. */
export interface SentParty {
  readonly id: string;
  readonly name?: string;
  readonly cameraStatus: 0 | 1;
}
