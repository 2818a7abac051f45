// The connection to one page of the other party. A message between the two may be lost, come twice or come too late.
//
// Only the caller offers. By the specification's "perfect negotiation" either side may offer, and the polite side
// takes its offer back when two offers meet. But after that, Chromium (156) never again shows the picture of the other
// side, although it still decodes the frames. So a listener that needs another offer asks for it, and no two offers
// can meet.

/** How many candidates wait for their description. A connection with several networks and relays has some dozens. */
const MAX_CANDIDATES = 256;

/** @import { Kind } from './devices.js' */
/** @import { Message } from './messages.js' */

/** @typedef {ReturnType<typeof connect>} Connection */

/**
 * `configuration()` gives the current configuration of an RTCPeerConnection.
 *
 * Transceivers are made only once, by the first offer. A camera that is off has one, too, and is turned on without
 * another offer.
 *
 * @param {object} about
 * @param {boolean} about.isCaller
 * @param {Kind[]} about.kinds
 * @param {() => RTCConfiguration} about.configuration
 * @param {{ stream: MediaStream, track(kind: Kind): MediaStreamTrack | null }} about.devices
 * @param {(message: Partial<Message>) => void} about.send
 * @param {(track: MediaStreamTrack) => void} about.onTrack
 * @param {(state: RTCPeerConnectionState) => void} about.onState
 * @param {() => void} about.onFailed
 */
export function connect({ isCaller, kinds, configuration, devices, send, onTrack, onState, onFailed }) {
  const pc = new RTCPeerConnection(configuration());
  /** @type {Map<Kind, RTCRtpTransceiver>} */
  const transceivers = new Map();
  // The number of the last offer.
  let offer = 0;
  /**
   * The candidates that came before the description to which they belong.
   *
   * @type {RTCIceCandidateInit[]}
   */
  let waiting = [];
  /**
   * Messages are processed one after the other, because their steps would mix.
   *
   * @type {Promise<unknown>}
   */
  let taken = Promise.resolve();

  pc.onnegotiationneeded = async () => {
    if (!isCaller) return;
    try {
      await pc.setLocalDescription();
    } catch {
      return; // It was closed meanwhile.
    }
    if (pc.signalingState !== 'have-local-offer') return;
    offer += 1;
    sendOffer();
  };
  pc.onicecandidate = ({ candidate }) => {
    if (candidate) send({ candidate: candidate.toJSON() });
  };
  pc.oniceconnectionstatechange = () => {
    if (pc.iceConnectionState === 'failed') onFailed();
  };
  pc.onconnectionstatechange = () => onState(pc.connectionState);
  pc.ontrack = ({ track }) => {
    if (kinds.includes(/** @type {Kind} */ (track.kind))) onTrack(track);
  };

  function sendOffer() {
    send({ description: pc.localDescription, number: offer });
  }

  /**
   * @param {RTCSessionDescriptionInit} description
   * @param {number} number
   */
  async function describe(description, number) {
    const isOffer = description.type === 'offer';
    if (isOffer === isCaller) return;
    if (isCaller) {
      if (number !== offer || pc.signalingState !== 'have-local-offer') return;
      await pc.setRemoteDescription(description);
    } else {
      if (number < offer) return;
      refresh();
      await pc.setRemoteDescription(description);
      offer = number;
      await takeTransceivers();
      await pc.setLocalDescription();
      send({ description: pc.localDescription, number });
    }
    const came = waiting;
    waiting = [];
    for (const candidate of came) await addCandidate(candidate).catch(() => {});
  }

  /** @param {RTCIceCandidateInit} candidate */
  async function addCandidate(candidate) {
    const { usernameFragment } = candidate;
    // The candidate belongs to a description that is still to come, or to one that was replaced.
    if (!pc.remoteDescription?.sdp.includes(`a=ice-ufrag:${usernameFragment}\r\n`)) {
      if (waiting.length === MAX_CANDIDATES) waiting.shift();
      waiting.push(candidate);
      return;
    }
    await pc.addIceCandidate(candidate);
  }

  async function takeTransceivers() {
    for (const kind of kinds) {
      const transceiver = pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
      if (!transceiver || transceivers.has(kind)) continue;
      transceivers.set(kind, transceiver);
      transceiver.direction = 'sendrecv';
      // This keeps the sound and the picture of one stream together. Older Firefox versions do not have the method.
      transceiver.sender.setStreams?.(devices.stream);
      await transceiver.sender.replaceTrack(devices.track(kind));
    }
  }

  /** Prepares the caller's first offer. Its relays are those that the answer has brought. */
  function begin() {
    refresh();
    for (const kind of kinds) {
      const streams = [devices.stream];
      const transceiver = pc.addTransceiver(devices.track(kind) ?? kind, { direction: 'sendrecv', streams });
      transceivers.set(kind, transceiver);
    }
  }

  /**
   * Offers again, for the caller: the same offer if it or its answer may have been lost, otherwise a new way to the
   * other side.
   */
  function renew() {
    if (pc.signalingState === 'have-local-offer') sendOffer();
    else if (pc.remoteDescription) {
      refresh();
      pc.restartIce();
    }
  }

  /** Sets the servers and credentials that are valid now, so that the connection looks for a way with them. */
  function refresh() {
    try {
      pc.setConfiguration(configuration());
    } catch {
      // The new configuration is not valid; the last one may still work.
    }
  }

  /** @param {Partial<Message>} message */
  function receive({ description, number, candidate }) {
    taken = taken
      .then(() => {
        if (pc.signalingState === 'closed') return undefined;
        if (description) return describe(description, Number(number));
        return candidate && addCandidate(candidate);
      })
      // A message that cannot be used leaves the connection as it was.
      .catch(() => {});
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  function setTrack(kind, track) {
    // This rejects only if the connection is closed, or is being closed.
    transceivers
      .get(kind)
      ?.sender.replaceTrack(track)
      .catch(() => {});
  }

  function close() {
    pc.onconnectionstatechange = null;
    pc.close();
  }

  return { begin, renew, receive, setTrack, close };
}
