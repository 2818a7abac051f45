// Sound and picture of a call by the platform: both sides enter one room of wx.joinVoIPChat, and <voip-room> shows who
// is in it. What is to be shown of a side is { openid, position }.

const {
  denied,
  hostFailure,
  interruption,
  isDenied,
  pictureFailure,
  unsigned,
  unsupported,
} = require('./voip-chat-errors.js');
const { turn } = require('./voip-chat-turns.js');

/** The call whose room it is that the platform is in. */
let inside;

/** @typedef {import('./wmpf-voip/index.js').MediaRoom} MediaRoom */
/** @typedef {import('./wmpf-voip/index.js').VoipChat} VoipChat */
/** @typedef {import('./wmpf-voip/index.js').Media & { cameraFailed(event: unknown): void }} VoipChatMedia */

/**
 * A Media for openCall. A call that was taken back is joined again.
 *
 * @returns {VoipChatMedia}
 */
function voipChat() {
  /** @type {ReturnType<typeof enter> | undefined} */
  let entered;
  return {
    join(room) {
      if (entered) entered.leave();
      entered = enter(room);
      return entered.join();
    },
    // The platform connects the two by itself.
    start() {},
    receive() {},
    peer() {},
    setMuted: (muted) => entered && entered.setMuted(muted),
    setCamera: (on) => entered && entered.setCamera(on),
    cameraFailed: (event) => entered && entered.cameraFailed(event),
    switchCamera: () => entered && entered.switchCamera(),
    leave: () => entered && entered.leave(),
  };
}

/** @param {MediaRoom} room */
function enter(room) {
  let endTurn;
  let isIn = false;
  let isOver = false;
  let isMuted = room.muted;
  let isCameraOn = room.camera;
  // Why this user cannot have the pictures of a video call. The platform has them only where the camera is allowed.
  let pictureless;
  let position = 'front';
  let members = [];
  // Whose cameras are on; unknown until the platform tells.
  let filmed;

  const listeners = {
    VoIPChatInterrupted: (event) => room.onAbort(interruption(event)),
    VoIPChatMembersChanged({ openIdList }) {
      members = openIdList || [];
      show();
    },
    VoIPVideoMembersChanged({ openIdList }) {
      filmed = openIdList || [];
      show();
    },
  };

  // Older base libraries lack some of them.
  function listen(how) {
    for (const name of Object.keys(listeners)) {
      if (typeof wx[how + name] === 'function') wx[how + name](listeners[name]);
    }
  }

  function show() {
    if (!isIn || isOver) return;
    const { local, remote } = sides(room, members);
    room.onState(remote === undefined ? 'connecting' : 'connected');
    if (roomType() !== 'video') return;
    const isRemoteSeen = remote !== undefined && (filmed === undefined || filmed.includes(remote));
    room.onStreams({
      local: local !== undefined && isCameraOn ? { openid: local, position } : undefined,
      remote: isRemoteSeen ? { openid: remote } : undefined,
    });
  }

  const roomType = () => (pictureless ? 'voice' : room.roomType);

  async function join() {
    if (typeof wx.joinVoIPChat !== 'function') throw unsupported();
    if (!room.voipChat) throw unsigned();
    await granted('scope.record');
    if (room.roomType === 'video') {
      await granted('scope.camera').catch((error) => {
        pictureless = error;
      });
    }
    if (isOver) return;
    endTurn = await turn();
    if (isOver) return endTurn();
    listen('on');
    const wasMuted = isMuted;
    try {
      members = await joinPlatform().catch(enterWithoutPictures);
    } catch (error) {
      endTurn();
      throw error;
    }
    // Whoever left meanwhile is still in the platform's room, unless it took so long that the next call is there.
    if (isOver) return inside ? endTurn() : exit();
    isIn = true;
    inside = self;
    if (isMuted !== wasMuted) mute();
    if (pictureless) room.onCamera(false, pictureless);
    show();
  }

  // A host that asks by itself does not say whether it was for the camera.
  function enterWithoutPictures(error) {
    if (isOver || roomType() !== 'video' || !isDenied(error)) throw error;
    pictureless = error;
    return joinPlatform();
  }

  function joinPlatform() {
    // `join` has looked whether it is there.
    const { groupId, nonceStr, timeStamp, signature } = /** @type {VoipChat} */ (room.voipChat);
    return new Promise((resolve, reject) => {
      wx.joinVoIPChat({
        groupId,
        nonceStr,
        timeStamp,
        signature,
        roomType: roomType(),
        muteConfig: muteConfig(),
        success: ({ openIdList }) => resolve(openIdList || []),
        fail: (error) => reject(hostFailure(error)),
      });
    });
  }

  function mute() {
    wx.updateVoIPChatMuteConfig({ muteConfig: muteConfig(), fail: ignored });
  }

  const muteConfig = () => ({ muteMicrophone: isMuted, muteEarphone: false });

  function exit() {
    if (inside === self) inside = undefined;
    wx.exitVoIPChat({ success: endTurn, fail: endTurn });
  }

  const self = {
    join,
    setMuted(muted) {
      isMuted = muted;
      if (isIn) mute();
    },
    setCamera(on) {
      if (on && pictureless) return Promise.reject(pictureless);
      isCameraOn = on;
      show();
      return undefined;
    },
    /** The platform could not show the camera's picture, and so sends none. */
    cameraFailed(event) {
      if (isOver || !isCameraOn) return;
      isCameraOn = false;
      room.onCamera(false, pictureFailure(event));
      show();
    },
    switchCamera() {
      position = position === 'front' ? 'back' : 'front';
      show();
    },
    leave() {
      if (isOver) return;
      isOver = true;
      listen('off');
      if (isIn) exit();
    },
  };
  return self;
}

// A plugin asks in the name of its mini-program. On hosts without it wx.joinVoIPChat asks by itself.
function granted(scope) {
  if (typeof wx.authorizeForMiniProgram !== 'function') return Promise.resolve();
  return new Promise((resolve, reject) => {
    wx.authorizeForMiniProgram({ scope, success: resolve, fail: (error) => reject(denied(scope, error)) });
  });
}

// A room that cannot be muted is the platform's; there is nobody to tell. Without it there would be a promise.
function ignored() {}

// The room's members are openIds. Of a call only the phone's is known; the other one is the device's.
function sides({ isCaller, businessType, callerId, listenerId }, members) {
  const isPhoneCalling = businessType === 2;
  const phone = isPhoneCalling ? callerId : listenerId;
  const device = members.find((openid) => openid !== phone);
  if (isCaller === isPhoneCalling) return { local: phone, remote: device };
  return { local: device, remote: members.includes(phone) ? phone : undefined };
}

module.exports = { voipChat };
