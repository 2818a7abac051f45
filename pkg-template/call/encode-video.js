// How a phone encodes the video that it sends, if the call says so: the `encodeVideo*` fields of callDevice, and of
// the query of every other kind of call. 0 is the platform's choice.

/** @import { EncodeVideo, MediaRoom } from '../index.js' */
/** @import { JoinedCall } from '../types/call-socket.js' */

/**
 * The encoding that the service has told for a call; undefined if all of it is left to the platform.
 *
 * @param {JoinedCall} call
 * @returns {EncodeVideo | undefined}
 */
export function encodeVideoOf(call) {
  const said = /** @type {EncodeVideo} */ ({
    fixedLength: Number(call.encodeVideoFixedLength) || 0,
    rotation: Number(call.encodeVideoRotation) || 0,
    ratio: Number(call.encodeVideoRatio) || 0,
    maxFPS: Number(call.encodeVideoMaxFPS) || 0,
  });
  return Object.values(said).some((value) => value !== 0) ? said : undefined;
}

/**
 * The constraints for the camera of a browser that is on the phone's side. They are wishes: a camera that cannot
 * fulfil them is better than none. Browsers turn pictures upright by themselves.
 *
 * @param {Pick<MediaRoom, 'isCaller' | 'businessType' | 'encodeVideo'>} room
 */
export function cameraOf({ isCaller, businessType, encodeVideo }) {
  const isPhone = isCaller === (businessType === 2);
  if (!isPhone || !encodeVideo) return {};
  const { fixedLength, ratio, maxFPS } = encodeVideo;
  /** @type {MediaTrackConstraints} */
  const camera = {};
  if (fixedLength > 0) {
    const isUpright = ratio > 0 && ratio < 100;
    camera[isUpright ? 'height' : 'width'] = { ideal: fixedLength };
  }
  if (ratio > 0) camera.aspectRatio = { ideal: ratio / 100 };
  if (maxFPS > 0) camera.frameRate = { ideal: maxFPS };
  return camera;
}
