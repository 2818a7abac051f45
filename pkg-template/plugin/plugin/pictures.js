// What <voip-room> shows of each side, as the developer has set it.

/**
 * The pictures of a view: the large one first, the small one, if there are two, above it.
 *
 * @param {import('./wmpf-voip/index.js').CallView} view
 */
function pictures({ isCaller, localStream, remoteStream, ui }) {
  const { callerUI, listenerUI, isSelfWindowMax } = ui;
  const [ours, theirs] = isCaller ? [callerUI, listenerUI] : [listenerUI, callerUI];
  const local = localStream && picture('camera', localStream, ours);
  const remote = remoteStream && picture('video', remoteStream, theirs);
  const both = isSelfWindowMax ? [local, remote] : [remote, local];
  return both.filter(Boolean);
}

const picture = (mode, { openid, position = 'front' }, { objectFit }) => ({ mode, openid, position, objectFit });

module.exports = { pictures };
