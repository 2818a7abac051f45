import type { Media, MediaRoom, MediaStreams } from './index.js';

/**
 * The media of a call in a browser: WebRTC straight to the other party.
 *
 * ```js
 * openCall(page, { media: webRtcMedia(), show });
 * ```
 *
 * What goes wrong:
 *
 * - `join` rejects with a `VoipJoinError`: 2102 no permission for microphone or camera, 2007 there is none or it is in use,
 *   2103 the page is neither https nor from localhost, 2003 no WebRTC or wrong ICE servers, 2009 left meanwhile. `extErrMsg` is the
 *   browser's own message and `cause` its error.
 * - `setCamera(true)` and `switchCamera()` reject in the same way; the call goes on, with the camera off where no camera
 *   could be opened. Whoever does not wait for them gets no unhandled rejection.
 * - A camera that is unplugged or whose permission is taken back is `onCamera(false, error)`, and the call goes on.
 * - A microphone that is unplugged is replaced by another one; where there is none, or its permission was taken back, it is
 *   `onAbort(reason)`.
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
