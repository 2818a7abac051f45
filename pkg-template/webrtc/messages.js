// What the two ends tell each other. The service does not look into it, so nothing of it is trusted.

/**
 * @typedef {object} Message
 * @property {string} from which page says it
 * @property {string | null} to which page it is for; null where none is known yet
 * @property {boolean} camera whether the camera is on there
 * @property {{ type: 'offer' | 'answer', sdp: string }} [description] with `number`
 * @property {number} [number] which of its offers this is, or which of the other's is answered
 * @property {object} [candidate]
 * @property {true} [hello] it is there, and wants an offer
 */

const MAX_ID_LENGTH = 64;

const isId = (value) => typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns {Message | undefined} nothing where the text is none of ours */
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
