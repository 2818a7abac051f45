// Where the room service is, and what it tells a demo page: who the two handsets are and which
// requests end in which error.
//
// The service serves these files itself, so its address is the folder that this file came from.

/** @typedef {{ id: string, name: string, token: string }} Phone */
/** @typedef {Phone & { modelId: string, deviceToken?: string, pushToken: string }} Device */
/** @typedef {{ errCode: number, token: string, request: object, title: { en: string, zh: string } }} GalleryEntry */
/** @typedef {{ device: Device, phone: Phone }} Pair */
/** @typedef {{ appId: string, handsets: Pair, others: Pair, gallery: GalleryEntry[] }} Demo */

export const ENDPOINT = new URL('.', import.meta.url).href.replace(/\/$/, '');

/** There is no demo to show; `textKey` says why. */
export class NoDemo extends Error {
  /** @param {string} textKey */
  constructor(textKey) {
    super(textKey);
    this.textKey = textKey;
  }
}

/**
 * @returns {Promise<Demo>}
 * @throws {NoDemo}
 */
export async function loadDemo() {
  let response;
  try {
    response = await fetch(`${ENDPOINT}/v1/demo`);
  } catch {
    throw new NoDemo('demo.unreachable');
  }
  if (response.status === 404) throw new NoDemo('demo.missing');
  if (response.status === 403) throw new NoDemo('demo.named');
  if (!response.ok) throw new NoDemo('demo.unreachable');
  return response.json();
}
