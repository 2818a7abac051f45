// What the service and the page of a call say to each other over a call's socket. For the type checker only; the package does
// not have this file.

import type { IceServer, VoipChat, VoipEvents } from '../index.js';
import type { Choice, HowEnded } from './core.js';

/** What openCallSocket tells. The last thing is one of `elsewhere`, `refused` and `lost`. */
export interface CallTold {
  /** After each connection, and again when the credentials of relays are new. */
  opened(call: JoinedCall): void;
  event(event: CallEvent): void;
  peer(isConnected: boolean): void;
  relay(payload: string): void;
  cameraOff(): void;
  /** The connection broke, and comes back. */
  away(): void;
  elsewhere(canTake: boolean): void;
  refused(errCode: number, detail: string): void;
  /**
   * `why` is what the host has said last of a connection that failed, and `unheard` how the user has hung up, if the service
   * has not answered that.
   */
  lost(why: string | undefined, unheard: HowEnded | undefined): void;
}

/** The call, as the service describes it after each connection. What is optional an earlier version does not say. */
export interface JoinedCall {
  roomId: string;
  groupId: string;
  roomType: 'voice' | 'video';
  /** Whether this side is the caller of the call, which may be the other party's. */
  isCaller: boolean;
  businessType: 0 | 1 | 2 | 3;
  callerId: string;
  callerName: string;
  listenerId: string;
  listenerName: string;
  /** 1 if the request for the call turns the caller's camera off. */
  callerCameraStatus: 0 | 1;
  listenerCameraStatus: 0 | 1;
  encodeVideoFixedLength?: unknown;
  encodeVideoRotation?: unknown;
  encodeVideoRatio?: unknown;
  encodeVideoMaxFPS?: unknown;
  state: 'ringing' | 'waiting' | 'talking' | 'ended';
  /** Whether this side has been in the room. */
  joined?: boolean;
  /** What this side has chosen last. */
  chosen?: Choice | null;
  /** Whether the other side's socket is open. */
  peerConnected?: boolean;
  iceServers?: IceServer[];
  voipChat?: VoipChat;
}

/** One of the events that this side hears. */
export type CallEvent = {
  [Name in keyof VoipEvents]: { seq: number; ageMs?: number; eventName: Name; data: VoipEvents[Name] };
}[keyof VoipEvents];

export type SignalType = 'answer' | 'join' | 'joinFailed' | 'abort' | 'hangUp';

/** What a signal says beside its type. */
export interface SignalMembers {
  /** Of `hangUp`. */
  how?: HowEnded;
  /** Of `joinFailed` and `abort`. */
  reason?: string;
  /** Of `joinFailed`. */
  errCode?: number | undefined;
}

/** What became of a signal. */
export type Reply = 'done' | 'already' | 'noEffect' | 'elsewhere' | 'ended';

/** A signal that was not answered yet. */
export interface PendingSignal {
  message: SignalMembers & { id: number; type: SignalType };
  answered?: ((reply: Reply) => void) | undefined;
}

/** The socket of one call. */
export interface CallSocket {
  signal(type: SignalType, members?: SignalMembers, answered?: (reply: Reply) => void): void;
  choose(choice: Choice): void;
  relay(payload: string): void;
  close(): void;
  isReady(): boolean;
  returned(): void;
}
