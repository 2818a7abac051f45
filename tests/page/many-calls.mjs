// Runs in a page: calls between two modules, one after the other, and what they leave behind.

const open = { sockets: new Set(), peers: new Set(), tracks: new Set(), timers: new Set() };

/** Counts what is open. To be run before anything else of the page. */
export function count() {
  const { WebSocket, RTCPeerConnection, setTimeout, clearTimeout, setInterval, clearInterval } = window;
  window.WebSocket = class extends WebSocket {
    constructor(...values) {
      super(...values);
      open.sockets.add(this);
      this.addEventListener('close', () => open.sockets.delete(this));
    }
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...values) {
      super(...values);
      open.peers.add(this);
    }
    close() {
      super.close();
      open.peers.delete(this);
    }
  };
  const { mediaDevices } = navigator;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    for (const track of stream.getTracks()) open.tracks.add(track);
    return stream;
  };
  const counted = (begin) => (run, ...values) => {
    const isOnce = begin === setTimeout;
    const id = begin((...given) => {
      if (isOnce) open.timers.delete(id);
      run(...given);
    }, ...values);
    open.timers.add(id);
    return id;
  };
  const uncounted = (end) => (id) => {
    open.timers.delete(id);
    end(id);
  };
  Object.assign(window, {
    setTimeout: counted(setTimeout),
    setInterval: counted(setInterval),
    clearTimeout: uncounted(clearTimeout),
    clearInterval: uncounted(clearInterval),
  });
}

export const left = () => ({
  sockets: open.sockets.size,
  peers: open.peers.size,
  tracks: [...open.tracks].filter(({ readyState }) => readyState === 'live').length,
  timers: open.timers.size,
});

/** Gives the rooms of the calls. */
export async function makeCalls(times) {
  const { handsets } = await (await fetch('/v1/demo')).json();
  const { webRtcMedia } = await import('/wmpf-voip/webrtc.js');
  const party = async (name, { token }) => {
    // Each has a module of its own, as if it were another page.
    const module = await import(`/wmpf-voip/browser.js?${name}`);
    module.configure({ endpoint: location.origin, token });
    return module;
  };
  const device = await party('device', handsets.device);
  const phone = await party('phone', handsets.phone);

  let reminded;
  const close = await new Promise((resolve) => {
    const close = phone.listen({
      onReminder: (reminder) => reminded(reminder),
      onState: (state) => state === 'open' && setTimeout(() => resolve(close)),
    });
  });
  const rooms = [];
  for (let i = 0; i < times; i++) {
    const reminder = new Promise((resolve) => (reminded = resolve));
    const finished = Promise.all([device, phone].map(finishes));
    const result = await device.default.initByCaller({
      roomType: 'voice',
      businessType: 1,
      caller: { id: handsets.device.id },
      listener: { id: handsets.phone.id },
      voipToken: handsets.device.deviceToken,
    });
    if (!result.isSuccess) throw result.errObj;
    rooms.push(result.roomId);
    const outgoing = page(device, device.default.CALL_PAGE_PATH, webRtcMedia());
    const incoming = page(phone, (await reminder).path, webRtcMedia());
    incoming.call.answer();
    await Promise.all([outgoing, incoming].map(({ talks }) => talks));
    (i % 2 === 0 ? outgoing : incoming).call.hangUp();
    await finished;
  }
  close();
  return rooms;
}

function page(module, path, media) {
  let call;
  const talks = new Promise((resolve, reject) => {
    call = module.openCall(path, {
      media,
      show(view) {
        if (view.media === 'connected') resolve();
        if (view.state === 'ended') reject(new Error(JSON.stringify(view)));
      },
    });
  });
  return { call, talks };
}

function finishes(module) {
  return new Promise((resolve) => {
    const off = module.default.onVoipEvent(({ eventName }) => {
      if (eventName !== 'finishVoip') return;
      off();
      resolve();
    });
  });
}
