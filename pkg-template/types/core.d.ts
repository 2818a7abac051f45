// What the parts of one module share: `core`, which every function takes first that needs it, and what stands in it. For the
// type checker only; the package does not have this file.

import type {
  BindContactList,
  Call,
  EndPage,
  InitByCallerFailure,
  InitByCallerResult,
  InitByCallerSuccess,
  Options,
  Origin,
  UIConfig,
  VoipError,
  VoipEvent,
  WmpfVoip,
} from '../index.js';

/** One of these is made with each module, by createModule. What is optional is not there until somebody has put it there. */
export interface Core {
  /** What configure has been given so far. */
  options(): Options;
  /** Keeps secrets. What is no text is none. */
  keep(...values: unknown[]): void;
  /** Gives what was said without the secrets, of the same kind as it was. */
  redacted<Said>(said: Said): Said;
  /** Makes a call, one at a time, and notes its room as `placed`. `stop` is what gives it up. */
  place<Api extends PlacingApi>(api: Api, req: unknown, stop?: Stop): Promise<Answers[Api]>;
  /** Calls `tell`, and has the next call wait until `done` is called. */
  delayNextCall(tell: (done: (value?: unknown) => void) => void): void;
  /** Asks the service. `wait` is how it is waited for the wasm to start. */
  ask<Api extends RequestApi>(api: Api, req: unknown, stop?: Stop, wait?: Wait): Promise<Answers[Api]>;
  /** Ends a call by a request. */
  hangUp(signal: HangUp): Promise<void>;
  /** Whether a call has ended, as the service says. */
  isOver(roomId: string): Promise<boolean>;
  /** Has the wasm there before it is needed. */
  prepare(): Promise<void>;
  /** Makes a VoipCgiError or a VoipPluginError, without secrets. */
  createError(isCgi: boolean, errCode: number, errMsg: string, errno: number | undefined, cause: unknown): VoipError;
  createFailure(error: VoipError): InitByCallerFailure;
  /** What gives up each call that is starting. */
  starting: Set<Stop>;
  /** Whether the module is that of a mini-program, whose pages nobody else opens. */
  isMiniProgram?: boolean;
  /** The room of the call that was made last and has not ended. */
  placed?: string | undefined;
  /** Until when the page of that call may take to open, by clock(). */
  opensBy?: number;
  /** The call whose page is open. */
  current?: OpenPage | undefined;
  /** Begins the call that was placed, in a page that waits for one. */
  idle?: (() => void) | undefined;
  /** What a page has left just now. */
  left?: LeftPage | undefined;
  /** Settles when the call that is being ended is over. */
  ending?: Promise<unknown> | undefined;
  /** Gives up a call that another page of this device has taken. */
  forgo?: (() => void) | undefined;
  /** What was chosen last by setMuted and setCamera, and for which side of which call. */
  chosen?: Choice & { roomId: string; isCaller: boolean };
  /** The rooms of which this party was reminded. */
  reminded?: Set<string>;
  /** What was emitted for each of the latest calls, by its room. */
  heard?: Map<string, Heard>;
  /** The listeners of onVoipEvent, each by its registration. */
  listeners?: Set<{ listener: (event: VoipEvent) => void }>;
  /** The name by which the service knows this device. */
  device?: string;
  /** The name by which the service knows the pages of this module, once there is one for the device. */
  page?: string;
  /** What setUIConfig has said. */
  ui?: UIConfig;
  /** What setVoipEndPagePath has said, by `key`. */
  endPages?: { Call?: EndPage; BindContact?: EndPage };
  /** The query of the page that was opened last. */
  query?: Record<string, string>;
  /** The path and the query of the page that was opened first. */
  entered?: { path: string; query: Record<string, string> };
}

/** The functions that make a call. */
export type PlacingApi = 'initByCaller' | 'callWMPF' | 'callDevice';

/** The functions whose request has fields: those of FIELDS. */
export type RequestApi = PlacingApi | 'getIotBindContactList';

/** What the wasm resolves with, by the name that it is asked by. */
export interface Answers {
  initByCaller: InitByCallerResult;
  callWMPF: InitByCallerSuccess;
  callDevice: InitByCallerSuccess;
  getIotBindContactList: BindContactList;
  /** Of `hangUp`. */
  forceHangUpVoip: void;
  /** Of `isOver`. */
  openCall: boolean;
}

/** Waits for the start of the wasm. */
export type Wait = (started: Promise<void>) => Promise<void>;

/** Gives up a call while it starts. */
export interface Stop {
  /** What is told when it stops. */
  heard: Set<() => void>;
  isStopped: boolean;
  /** Why, once it has. */
  reason?: unknown;
  /** Stops, once. */
  now(reason: unknown): void;
  /** Stops listening to what it was made of. */
  end(): void;
  /** What becomes of a call that the service has made all the same: it gives the failure, or throws it. */
  late?: (api: PlacingApi, roomId: string) => InitByCallerFailure;
}

/** What the service is told when a call is ended by a request. */
export interface HangUp {
  roomId: string;
  how: HowEnded;
  device: string;
  placed: boolean;
}

/** By what a call is ended at this end. */
export type HowEnded = Exclude<Origin, 'other' | 'timeLimit'>;

/** The page of the call that is open. */
export interface OpenPage {
  /** Empty while it has none. */
  roomId(): string;
  /** Whether its call rings, and this party is who calls. */
  isFrom(id: unknown): boolean;
  /** Takes the call that rings, because this module has called its caller. */
  take(): void;
  hangUp(how: HowEnded): void;
  /** Ends it for another page: of the same room, which then goes on with it, or of another one. Gives as LeftPage's `take`. */
  interrupt(roomId: string): boolean | undefined;
  /** Shows the view again. */
  refresh(): void;
}

/** A page that was left just now. It is either ended or taken, and once. */
export interface LeftPage {
  /** Of its call; undefined if it waited for one. */
  roomId?: string | undefined;
  end(how?: HowEnded): void;
  /** Lets another page go on with the call. Gives whether it was answered; undefined if this page does not have it any more. */
  take(): boolean | undefined;
}

/** What the user has chosen: whether the other side hears nothing, and whether it sees something. */
export interface Choice {
  muted: boolean;
  camera: boolean;
}

/** What was emitted for a call. */
export interface Heard {
  kinds: Set<string>;
  /** The last of `calling`. */
  seconds: number;
}

/** What the query of a page, or the module that has made the call, says of it. */
export interface OpenedCall {
  roomId: string;
  roomType: 'voice' | 'video' | '';
  isCaller: boolean;
  isAnswered: boolean;
  /** The other side's; empty if it is not known yet. */
  name: string;
}

/** A way to open a WebSocket, over whatever the host has. */
export type OpenSocket = (url: string, protocols: string[], told: SocketTold) => HeldSocket;

/** What is told of a socket. */
export interface SocketTold {
  opened(): void;
  heard(text: string): void;
  closed(code: number | undefined, reason?: string): void;
}

export interface HeldSocket {
  send(text: string): void;
  close(): void;
}

/** Where a socket is opened. */
export interface SocketAddress {
  url: string;
  protocols: string[];
}

/** Where the service is, as configured and checked. */
export interface Target {
  options: Options;
  endpoint: string;
  token: string;
  /** In milliseconds. */
  timeout: number;
}

/** The session token of a socket that may outlive it. */
export interface HeldToken {
  token: string;
  isRenewed(): boolean;
  renew(): boolean;
}

/** The view of a call page, which the module changes. */
export type View = Call['view'];

/** What the default object has beside `initByCaller`, as functions that take the core first. */
export type Surface = {
  [Name in Exclude<keyof WmpfVoip, 'CALL_PAGE_PATH' | 'initByCaller'>]: TakingCore<WmpfVoip[Name]>;
};

export type TakingCore<Of extends (...values: any) => unknown> = (
  core: Core,
  ...values: Parameters<Of>
) => ReturnType<Of>;
