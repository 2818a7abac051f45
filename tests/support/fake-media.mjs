// A media that does nothing, and keeps what a call wants of it.

/** Media that keeps what it was asked for in `asked`; `ready` and `refuse` settle its join. */
export function fakeMedia() {
  const media = { asked: [] };
  media.join = (room) => {
    media.room = room;
    media.asked.push('join');
    return new Promise((resolve, reject) => Object.assign(media, { ready: resolve, refuse: reject }));
  };
  for (const name of ['start', 'receive', 'peer', 'setMuted', 'setCamera', 'switchCamera', 'leave']) {
    media[name] = (...values) => void media.asked.push([name, ...values].join(' '));
  }
  return media;
}
