// What a call page knows of its call, what can happen to it, and what it then does. It is all plain data: no socket, no
// media and no error of a host is in it.

/** @import { CallView, EndReason, MediaState, VoipEvents } from '../index.js' */
/** @import { JoinedCall, Reply, SignalMembers } from '../types/call-socket.js' */
/** @import { Choice, HowEnded, OpenedCall } from '../types/core.js' */

/**
 * What a host or the service has said of a failure: its errCode, if that is an integer, and its text without secrets.
 *
 * @typedef {{ errCode?: number | undefined, detail: string }} Fault
 */

/**
 * What is shown, except for what the host's media give to be shown and for what the developer has configured. `ended` is
 * final, unless the user takes the call back from another page.
 *
 * @typedef {Omit<CallView, 'localStream' | 'remoteStream' | 'ui'>} View
 */

/**
 * @typedef {object} State
 * @property {View} view what is shown
 * @property {JoinedCall} [about] the call as the service has described it last; undefined until then
 * @property {'out' | 'entering' | 'in'} room whether this side's media have entered the room
 * @property {boolean} isAnswered whether the listener has answered, on whichever page
 * @property {boolean} isIn whether this side takes part: it has answered or joined, and does not only ring
 * @property {boolean} isPlaced whether this module has made the call. The call may still be the one by which the other
 *   party has called in the meantime.
 * @property {boolean} isContinued whether the user continues the call here. It may then be running in another page of
 *   this device, even if this page cannot reach the service.
 * @property {boolean} isLeaving whether the page is gone and the call goes on for a moment, in which another page may
 *   take it
 * @property {Partial<Choice>} chosen what the user has chosen in this page
 */

/**
 * What happens, as the name of the event and its values.
 *
 * What the user and the page do. `found`: the page knows which call is its own. `begin`: it may connect; the values say
 * whether this module has made the call and whether it has answered it, and what its user chose then. `failed`: it could
 * not connect. `setCamera` and `setMuted`: the user has chosen so. `take`: this module has called the party that rings.
 * `continue`: the user takes the call back from another page. `forgo`: the user cannot do that any more, because another
 * call begins here, or because that one has ended (`isMissed`). `leave`: the page is gone. `gone`: a second later no page has come for
 * its call; `how` ends it, and the service has told of its end (`isHeard`) or not. `replaced`: another page has the call.
 * `refresh`: something is shown differently that is no part of the state.
 *
 * What the socket tells. `opened`: the service has described the call; `kept` is what the user chose before. `event`: an
 * event of onVoipEvent, which happened `ageMs` milliseconds before `now`, in milliseconds since the Unix epoch.
 * `cameraOff`: the other side's request turns this camera off. `away`: the socket is closed for now. `replied`: what
 * became of an answer or a join. The last of them are `elsewhere` (another page has the call that `canContinue` here, or
 * another device), `refused` and `lost`, with how the user has hung up if the service has not heard so.
 *
 * What the media tell: `joined`, `joinFailed`, `mediaState`, `camera`, `microphone` and `aborted`. The timer: `tick`, each
 * second of the call. And what follows once something is shown: `Shown`.
 *
 * @typedef {(
 *   | [type: 'found', call: OpenedCall]
 *   | [type: 'begin', isPlaced: boolean, isAnswered?: boolean, kept?: Choice]
 *   | [type: 'failed', fault: Fault]
 *   | [type: 'answer']
 *   | [type: 'hangUp', how: HowEnded]
 *   | [type: 'setMuted', muted: boolean]
 *   | [type: 'setCamera', camera: boolean]
 *   | [type: 'take']
 *   | [type: 'continue']
 *   | [type: 'forgo', isMissed?: boolean]
 *   | [type: 'leave']
 *   | [type: 'gone', how: HowEnded, isHeard: boolean, isReady: boolean]
 *   | [type: 'replaced']
 *   | [type: 'refresh']
 *   | [type: 'opened', call: JoinedCall, kept?: Choice]
 *   | [type: 'event', eventName: keyof VoipEvents, data: any, ageMs: number, now: number]
 *   | [type: 'cameraOff']
 *   | [type: 'away']
 *   | [type: 'replied', reply: Reply]
 *   | [type: 'elsewhere', canContinue: boolean]
 *   | [type: 'refused', fault: Fault]
 *   | [type: 'lost', why?: string, unheard?: HowEnded]
 *   | [type: 'joined']
 *   | [type: 'joinFailed', fault: Fault]
 *   | [type: 'mediaState', media: MediaState]
 *   | [type: 'camera', camera: boolean, problem?: Fault]
 *   | [type: 'microphone', problem?: Fault]
 *   | [type: 'aborted', fault: Fault]
 *   | [type: 'tick', keepTime: number]
 *   | Shown
 * )} Event
 */

/**
 * What follows when the call has been shown. The code that is shown it may have ended it, and then nothing follows.
 *
 * @typedef {(
 *   | [type: 'answered']
 *   | [type: 'described', isTaken: boolean]
 *   | [type: 'started', ageMs: number]
 *   | [type: 'chose', method?: 'setMuted' | 'setCamera']
 * )} Shown
 */

/**
 * What the page does, as the name of the effect and its values.
 *
 * `show`: shows the state, and says what follows. `open`: takes the call over from whichever page has it, and says
 * `begin`. `connect`: opens the socket. `socket` and `media`: calls a method of theirs, if they are there. `enter`: has
 * the media enter the room. `takePart`: tells the service so, and says what is `replied`. `signalEnd`: tells the service
 * how this side ends the call; the module's next call waits for that if the signal `isDelaying`. `hangUpByRequest`: tells
 * it without the socket. `emit`: has the listeners of onVoipEvent hear an event, once. `count`: says each `tick`.
 * `keepChoice`: keeps what the user has chosen. `forget`: this module has not made this call any more. `release`: stops
 * what ends with the call, its timer and its media. `watch`: looks whether the call is over that another page has, and
 * says `forgo` then; `unwatch`: stops that. `keepLeft`: says `gone`, unless another page comes for the call.
 * `keepWaiting`: stops the call that is starting, unless another page comes for it.
 *
 * @typedef {(
 *   | [type: 'show', ...then: Shown | []]
 *   | [type: 'open']
 *   | [type: 'connect']
 *   | [type: 'socket', method: 'close']
 *   | [type: 'socket', method: 'choose', choice: Choice]
 *   | [type: 'media', method: 'start']
 *   | [type: 'media', method: 'setMuted' | 'setCamera', value: boolean]
 *   | [type: 'media', method: 'refresh', iceServers: JoinedCall['iceServers']]
 *   | [type: 'media', method: 'peer', isConnected: boolean]
 *   | [type: 'enter']
 *   | [type: 'takePart', signal: 'answer' | 'join']
 *   | [type: 'signalEnd', signal: 'hangUp' | 'abort' | 'joinFailed', members: SignalMembers, isDelaying: boolean]
 *   | [type: 'hangUpByRequest', how?: HowEnded]
 *   | [type: 'emit', eventName: keyof VoipEvents, data: VoipEvents[keyof VoipEvents]]
 *   | [type: 'count', ageMs: number]
 *   | [type: 'keepChoice']
 *   | [type: 'forget']
 *   | [type: 'release']
 *   | [type: 'watch']
 *   | [type: 'unwatch']
 *   | [type: 'keepLeft']
 *   | [type: 'keepWaiting']
 * )} Effect
 */

/**
 * Says what the page does next.
 *
 * @typedef {(...effect: Effect) => void} Act
 */

/**
 * The values of one kind of event or effect, by its name.
 *
 * @template {Event | Effect} All
 * @template {string} Type
 * @typedef {Extract<All, [Type, ...any[]]> extends [any, ...infer Values] ? Values : never} ValuesOf
 */

/**
 * What becomes of a state when an event happens, by the name of the event.
 *
 * @typedef {{ [Type in Event[0]]?: (state: State, act: Act, ...values: ValuesOf<Event, Type>) => void }} Handlers
 */

/** @type {State} A page that waits for its call. */
export const WAITING = {
  view: {
    state: 'idle',
    roomId: '',
    roomType: '',
    isCaller: false,
    name: '',
    muted: false,
    camera: true,
    online: false,
    keepTime: 0,
  },
  room: 'out',
  isAnswered: false,
  isIn: false,
  isPlaced: false,
  isContinued: false,
  isLeaving: false,
  chosen: {},
};
