// The life of one call as its page knows it: which call the page was opened for, what the room service is asked, and
// which state is shown. The service does not tell the caller of the answer yet; what would, enters a state here.

const service = require('./service.js');
const { language, words } = require('./words.js');
const { explain, VoipPluginError } = require('./wmpf-voip/index.js');

const PARAMETER = 1004;
const ROOM_ID = 1;

/** How long a call rings. */
const RING_MS = 60000;

const ROOM_TYPES = ['voice', 'video'];
const OF_A_CALL = ['roomType', 'groupId', 'isCaller', 'listenerId', 'callerName', 'isClickedHangOnBtn'];

/** The room of the last call that initByCaller has made, for a page that is opened without a query. */
let placed;

function setPlaced(roomId) {
  placed = roomId;
}

/**
 * Begins what the page was opened for.
 * @param {object} query as the page got it
 * @param {(view: object) => void} show takes what has changed of { state, name, roomType, camera, reason, detail }
 */
function openCall(query, show) {
  const lang = language();
  const text = words(lang);
  let call;
  let state;
  let camera = true;
  let isCameraChosen = false;
  let ringing;

  // What has ended does not begin again, whatever is answered later.
  function enter(next, view) {
    if (state === 'ended') return;
    state = next;
    if (state !== 'outgoing' && state !== 'incoming') clearTimeout(ringing);
    if (state === 'ended' && call && call.roomId === placed) placed = undefined;
    show(Object.assign({ state }, view));
  }

  const end = (reason, detail = '') => enter('ended', { reason, detail });

  // What the code means is for the user, the errMsg for the maker.
  function described({ errCode, errMsg, message }) {
    const { meaning } = explain(errCode, lang) || {};
    return meaning ? `${meaning} (${errCode})\n${errMsg}` : errMsg || message;
  }

  function failed(error) {
    if (error.errCode === ROOM_ID) end(text.isOver);
    else end(text.notJoined, described(error));
  }

  function known({ isCaller, roomType, callerName, listenerName, callerCameraStatus, listenerCameraStatus }) {
    // What the user chose while the service was asked stays chosen.
    if (!isCameraChosen) camera = (isCaller ? callerCameraStatus : listenerCameraStatus) !== 1;
    const name = (isCaller ? listenerName : callerName) || '';
    return { name, roomType, camera };
  }

  async function joinAsCaller() {
    try {
      const joined = await service.join(call.roomId);
      enter(state, known(joined));
    } catch (error) {
      lost(error);
    }
  }

  // Nobody shall wait for a caller who is not there.
  function lost(error) {
    if (state === 'ended') return;
    failed(error);
    tellService();
  }

  async function ringingIsOver() {
    if (!call.isCaller) return end(text.missed);
    // A room can still be joined if the listener has answered.
    try {
      await service.join(call.roomId);
      enter('connected');
    } catch (error) {
      if (error.errCode === ROOM_ID) end(text.noAnswer);
      else lost(error);
    }
  }

  async function answer() {
    if (state !== 'incoming') return;
    enter('joining');
    try {
      const joined = await service.join(call.roomId);
      enter('connected', known(joined));
    } catch (error) {
      failed(error);
    }
  }

  // Of a listener the service hears nothing: it has no route for that yet.
  function tellService() {
    if (!call.isCaller) return;
    service.giveUp(call.roomId).catch((error) => {
      if (error.errCode !== ROOM_ID) show({ detail: `${text.mayStillRing}\n${described(error)}` });
    });
  }

  function hangUp() {
    if (state === 'ended') return;
    const reasons = { outgoing: text.cancelled, incoming: text.declined };
    end(reasons[state] || text.ended);
    tellService();
  }

  function toggleCamera() {
    isCameraChosen = true;
    camera = !camera;
    show({ camera });
  }

  /** The page is gone. */
  function leave() {
    show = () => {};
    hangUp();
  }

  try {
    call = readQuery(query);
    ringing = setTimeout(ringingIsOver, RING_MS);
    const { isCaller, isAnswered, roomType, name } = call;
    enter(isCaller ? 'outgoing' : 'incoming', { roomType, name });
    if (isCaller) joinAsCaller();
    else if (isAnswered) answer();
  } catch (error) {
    failed(error);
  }

  return { answer, hangUp, toggleCamera, leave };
}

// A page that is opened without a query shows the call that initByCaller has just made.
function readQuery(query) {
  const given = (name) => decoded(query[name]);
  if (!OF_A_CALL.some((name) => name in query)) {
    if (placed === undefined) throw wrong('no call: open this page after a successful initByCaller, or with a query');
    return { isCaller: true, roomId: placed, roomType: '', name: '' };
  }
  const roomId = given('groupId');
  const roomType = given('roomType');
  const isCaller = given('isCaller') === '1';
  if (!roomId) throw wrong('groupId: expected the room of the call, got nothing');
  if (!ROOM_TYPES.includes(roomType)) throw wrong(`roomType: expected 'voice' or 'video', got '${roomType}'`);
  const name = isCaller ? '' : given('callerName');
  return { isCaller, isAnswered: given('isClickedHangOnBtn') === '1', roomId, roomType, name };
}

// Hosts give the parameters of a page as they stand in its path.
function decoded(value = '') {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    return value;
  }
}

const wrong = (reason) => new VoipPluginError(PARAMETER, `callPage:fail ${reason}`);

module.exports = { openCall, setPlaced };
