import type { Media, MediaRoom, MediaStreams } from './index.js';

/**
 * The media of a call in a browser: WebRTC straight to the other party.
 *
 * ```js
 * openCall(page, { media: webRtcMedia(), show });
 * ```
 *
 * {@link streamPlayer} shows what it gives.
 *
 * What goes wrong:
 *
 * - `join` rejects with a `VoipJoinError`: 2102 no permission for the microphone, 2007 there is none or it is in use,
 *   2103 the page is neither https nor from localhost, 2003 no WebRTC or wrong ICE servers, 2009 left meanwhile. `extErrMsg` is the
 *   browser's own message and `cause` its error.
 * - A camera that is refused, missing or in use when joining is `onCamera(false, error)` with the same codes, and the call goes on.
 * - `setCamera(true)` and `switchCamera()` reject in the same way; the call goes on, with the camera off where no camera
 *   could be opened. Whoever does not wait for them gets no unhandled rejection.
 * - A camera that is unplugged or whose permission is taken back is `onCamera(false, error)`, and the call goes on. One that the
 *   system or the browser pauses, for example by a laptop's switch, is the same, and `onCamera(true)` when it is back.
 * - A microphone that is unplugged is replaced by another one. Where there is none, or its permission was taken back, or it is
 *   paused, it is `onMicrophone(false, error)`, and nothing is heard of this side until there is one again: one is looked
 *   for when the browser tells that its devices have changed (`devicechange`), and at `setMuted(false)`.
 * - A connection that breaks is `onState('disconnected')`, and another way to the other side is looked for; after 30 s without any
 *   it is `failed`, and is still looked for until `leave`.
 */
export function webRtcMedia(options?: WebRtcOptions): WebRtcMedia;

/** What {@link webRtcMedia} takes. */
export interface WebRtcOptions {
  /** `relay`: only by TURN servers, so that neither side learns the other's address. Default `all`. */
  iceTransportPolicy?: 'all' | 'relay' | undefined;
  /** Constraints of the microphone. Default: the browser's. */
  audio?: MediaTrackConstraints | undefined;
  /** Constraints of the camera. Default: the one on the user's side. */
  video?: MediaTrackConstraints | undefined;
}

/** Media over WebRTC. */
export interface WebRtcMedia extends Media {
  join(room: Omit<MediaRoom, 'onStreams'> & { onStreams(streams: MediaStreams<MediaStream>): void }): Promise<void>;
  /** The stopped camera's light goes off. */
  setCamera(on: boolean): Promise<void>;
  switchCamera(): Promise<void>;
}

/**
 * Shows the two streams of a call in the elements of a page. It gives an element its stream only when that has changed,
 * because the element would begin anew otherwise; plays it; and says when the browser plays nothing before the user has tapped.
 *
 * ```js
 * const player = streamPlayer({ onBlocked: (isBlocked) => (tapButton.hidden = !isBlocked) });
 * tapButton.onclick = player.resume;
 * const show = (view) => player.show(view, { local: ownVideo, remote: otherVideo });
 * ```
 */
export function streamPlayer(options?: StreamPlayerOptions): StreamPlayer;

/** What {@link streamPlayer} takes. */
export interface StreamPlayerOptions {
  /**
   * Is told whenever the browser begins or ceases to want a tap before it plays. True: show a button, and call
   * {@link StreamPlayer.resume} when it is tapped. A tap anywhere on the page is enough for most browsers: it is tried again with
   * each view.
   */
  onBlocked?: ((isBlocked: boolean) => void) | undefined;
}

/** Shows the streams of one call after another. */
export interface StreamPlayer {
  /**
   * Shows what a view has, in elements that may be missing or other than the last time; one that is no longer given is
   * emptied, as both are when the call has ended. That of this side's own stream is muted.
   */
  show(
    view: {
      readonly localStream?: MediaStream | null | undefined;
      readonly remoteStream?: MediaStream | null | undefined;
    },
    elements: {
      readonly local?: HTMLMediaElement | null | undefined;
      readonly remote?: HTMLMediaElement | null | undefined;
    },
  ): void;
  /** Plays what the browser did not play without a tap. Call it in the handler of one. */
  resume(): void;
  /** Whether the browser wants a tap. */
  readonly isBlocked: boolean;
}
