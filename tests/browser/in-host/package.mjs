// A package whose service is a function here: it takes every call and keeps what was sent.

import { ENDPOINT, ROOM, TOKEN } from '../../support/requests.mjs';

/** @param {() => Promise<any>} load gives a package without its wasm */
export async function configuredPackage(load) {
  const module = await load();
  const sent = [];
  const fetch = (_url, { body }) => {
    sent.push(JSON.parse(body));
    return { status: 201, text: () => JSON.stringify(ROOM) };
  };
  module.configure({ endpoint: ENDPOINT, token: TOKEN, fetch });
  return { module, sent };
}
