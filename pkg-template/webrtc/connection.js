// The connection to one page of the other party. A text on the way between the two may be lost, come twice or too late.
//
// Only the caller offers. By the specification's "perfect negotiation" either end may, and the polite one takes its offer back
// when two meet. But Chromium (156) never shows the picture of the other side again after that, though its frames are
// still decoded. A listener that wants another offer asks for it, so that no two can meet.

/** Of a connection with several networks and relays come some dozens. */
const MAX_CANDIDATES = 256;

/**
 * `configuration()` gives what an RTCPeerConnection takes, as it is now.
 *
 * Transceivers are made once, by the first offer: a camera that is off has one, too, and is turned on without another.
 */
export function connect({ isCaller, kinds, configuration, devices, send, onTrack, onState, onFailed }) {
  const pc = new RTCPeerConnection(configuration());
  const transceivers = new Map();
  // The number of the last offer.
  let offer = 0;
  // Candidates that came before the description that they belong to.
  let waiting = [];
  // What comes is taken in one after the other: its parts would mix.
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
    if (kinds.includes(track.kind)) onTrack(track);
  };

  function sendOffer() {
    send({ description: pc.localDescription, number: offer });
  }

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

  async function addCandidate(candidate) {
    const { usernameFragment } = candidate;
    // It belongs to a description that is still to come, or to one that was replaced.
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
      // Sound and picture of one stream are kept together. Older Firefox has no such method.
      transceiver.sender.setStreams?.(devices.stream);
      await transceiver.sender.replaceTrack(devices.track(kind));
    }
  }

  /** The caller's first offer. */
  function begin() {
    for (const kind of kinds) {
      const streams = [devices.stream];
      const transceiver = pc.addTransceiver(devices.track(kind) ?? kind, { direction: 'sendrecv', streams });
      transceivers.set(kind, transceiver);
    }
  }

  /** The caller offers again: the same where that or its answer may have been lost, else a new way to each other. */
  function renew() {
    if (pc.signalingState === 'have-local-offer') sendOffer();
    else if (pc.remoteDescription) {
      refresh();
      pc.restartIce();
    }
  }

  /** Another way is looked for with the servers and credentials that are valid now. */
  function refresh() {
    try {
      pc.setConfiguration(configuration());
    } catch {
      // They are none: those of the last time may still do.
    }
  }

  function receive({ description, number, candidate }) {
    taken = taken
      .then(() => {
        if (pc.signalingState === 'closed') return undefined;
        if (description) return describe(description, number);
        return candidate && addCandidate(candidate);
      })
      // What cannot be used leaves the connection as it was.
      .catch(() => {});
  }

  function setTrack(kind, track) {
    // It rejects only where the connection is closed, or is being closed.
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
