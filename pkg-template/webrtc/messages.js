// The messages that the two sides of a call relay to each other. The service does not check them, so nothing in them
// is trusted.

/**
 * @typedef {object} Message
 * @property {string} from the page that sends the message
 * @property {string | null} to the page that the message is for; null if the sender knows none yet
 * @property {boolean} camera whether the sender's camera is on
 * @property {{ type: RTCSdpType, sdp: string } | null} [description] an offer or an answer, together with `number`
 * @property {number} [number] the number of the offer: of the sender's own, or of the one that is answered
 * @property {RTCIceCandidateInit} [candidate]
 * @property {true} [hello] the sender is present, and wants an offer
 */

const MAX_ID_LENGTH = 64;

/**
 * @param {unknown} value
 * @returns {value is string}
 */
const isId = (value) => typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH;
/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {string} payload
 * @returns {Message | undefined} undefined if the text is not one of these messages
 */
export function read(payload) {
  let said;
  try {
    said = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (!isObject(said) || !isId(said.from) || typeof said.camera !== 'boolean') return undefined;
  const to = said.to ?? null;
  if (to !== null && !isId(to)) return undefined;
  /** @type {Message} */
  const message = { from: said.from, to, camera: said.camera };
  if (said.hello === true) message.hello = true;
  if (said.description !== undefined) {
    const { type, sdp } = said.description ?? {};
    if ((type !== 'offer' && type !== 'answer') || typeof sdp !== 'string') return undefined;
    if (!Number.isSafeInteger(said.number)) return undefined;
    message.description = { type, sdp };
    message.number = said.number;
  }
  if (said.candidate !== undefined) {
    if (!isObject(said.candidate)) return undefined;
    message.candidate = said.candidate;
  }
  return message;
}
